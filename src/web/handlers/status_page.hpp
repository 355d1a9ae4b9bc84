#pragma once

#include <string>

#include "web/message.hpp"

namespace dbpool {

/// A page that shows every pool: it reads the JSON API and draws it, and asks nothing of any other site.
Response status_page(const std::string& version, const std::string& telemetry_path);

}  // namespace dbpool
