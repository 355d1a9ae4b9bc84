#include "web/basic_login.hpp"

#include <strings.h>

#include <algorithm>

#include "web/base64.hpp"

namespace dbpool {

std::optional<BasicLogin> parse_basic_login(std::string_view header) {
  constexpr std::string_view scheme = "Basic ";
  if (::strncasecmp(header.data(), scheme.data(), std::min(header.size(), scheme.size())) != 0)
    return std::nullopt;
  header.remove_prefix(std::min(header.find_first_not_of(' ', scheme.size()), header.size()));
  const auto login = decode_base64(header);
  const auto colon = login ? login->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return BasicLogin{login->substr(0, colon), login->substr(colon + 1)};
}

}  // namespace dbpool
