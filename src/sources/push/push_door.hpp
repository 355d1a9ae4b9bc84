#pragma once

#include <functional>
#include <memory>
#include <string>

namespace dbpool {

/// Where pushes come in: a port of its own, or routes of the web server. The destructor closes it.
class PushDoor {
 public:
  virtual ~PushDoor() = default;
  /// Returns what is open, as the page shows it: `127.0.0.1:4318`, or the path in the web server.
  virtual std::string address() const = 0;
};

/// Opens a door. The daemon makes it, because the sources do not see the web server. throws Error: the door
/// cannot be opened now.
using OpenDoor = std::function<std::unique_ptr<PushDoor>()>;

}  // namespace dbpool
