#pragma once

#include <string>

#include "web/message.hpp"

namespace dbpool {

/// Returns a page that shows every pool. It reads the JSON API and loads nothing from another site.
Response status_page(const std::string& version, const std::string& telemetry_path);

}  // namespace dbpool
