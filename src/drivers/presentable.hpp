#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

/// A text of a client library in one line, with the secrets as `***`.
std::string presentable(std::string_view text, const std::vector<std::string>& secrets);

}  // namespace dbpool
