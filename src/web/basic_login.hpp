#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dbpool {

/// The name and the password of HTTP's basic authentication.
struct BasicLogin {
  std::string user, password;
};

/// Reads the value of an Authorization header (RFC 7617); nullopt: it is malformed, or has another scheme.
std::optional<BasicLogin> parse_basic_login(std::string_view header);

}  // namespace dbpool
