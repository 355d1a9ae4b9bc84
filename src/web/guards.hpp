#pragma once

#include <string>
#include <string_view>

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

}  // namespace dbpool
