#pragma once

#include <cstdint>
#include <string>

namespace dbpool {

/// Where a source listens.
struct PushAddress {
  std::string host;  ///< a numeric address or `localhost`; "" = every IPv4 interface
  std::uint16_t port = 0;

  bool operator==(const PushAddress&) const = default;
};

}  // namespace dbpool
