#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tls/tls_settings.hpp"
#include "web/file_stamp.hpp"
#include "web/message.hpp"

namespace dbpool {

/// Names, and their passwords' hashes by bcrypt.
using Users = std::map<std::string, std::string>;

/// How many requests are answered.
struct RateLimit {
  std::chrono::nanoseconds interval{};  ///< one request each; 0 = no limit
  unsigned burst = 0;                   ///< how many at once, after a pause

  bool operator==(const RateLimit&) const = default;
};

/// What the web configuration file says, read and checked.
struct WebConfig {
  std::shared_ptr<const TlsSettings> tls = nullptr;  ///< nullptr = plain HTTP
  std::vector<Header> headers = {};                  ///< of every answer
  Users users = {};                                  ///< none = all that reach the server
  RateLimit rate_limit = {};
  std::vector<FileStamp> files = {};       ///< those that were read, as they were before
  std::vector<std::string> warnings = {};  ///< what is valid but probably not intended
};

}  // namespace dbpool
