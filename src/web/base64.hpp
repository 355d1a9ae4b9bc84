#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dbpool {

/// Decodes base64 (RFC 4648), with or without padding; nullopt: the text is not base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace dbpool
