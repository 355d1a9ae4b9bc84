#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "web/body_room.hpp"

namespace dbpool {

/// What a route accepts as the body of a request. Requests in progress share it.
struct BodyRules {
  std::size_t limit = 0;                     ///< the most bytes as sent, and again inflated; 1 or more
  bool inflates = false;                     ///< whether a body may be compressed by gzip
  std::shared_ptr<BodyRoom> room = nullptr;  ///< what bodies in progress share; nullptr = unbounded
  std::function<void(int status)> refused = nullptr;  ///< receives the status of each refused body
};

}  // namespace dbpool
