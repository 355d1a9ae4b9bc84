#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

/// Returns a text of a client library as one line, with `***` for each secret.
std::string redacted_line(std::string_view text, const std::vector<std::string>& secrets);

}  // namespace dbpool
