#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "web/router.hpp"

namespace dbpool {

/// Something that the program does on request only if a flag enables it.
struct Feature {
  std::string_view name;
  std::string_view flag;
  bool enabled = false;
};

/// Refuses every request with 403 unless the feature is enabled; names the flag that enables it.
Guard needs(const Feature& feature);

/// Refuses with 403 a request that a page in a browser sent: "a page may not `what`".
Guard no_page_may(std::string_view what);

/// Refuses with 403 a request that a page in a browser sent, unless the page is of this machine (localhost,
/// 127.0.0.1 or [::1], any port) or of one of `origins`, such as `https://example.org`.
Guard only_pages_of(std::vector<std::string> origins);

}  // namespace dbpool
