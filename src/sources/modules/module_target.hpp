#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sources/modules/ip_range.hpp"

namespace dbpool {

/// Where a target is, as a client of `/probe` names it.
struct ModuleTarget {
  std::string host;                  ///< a name in lower case, or a numeric address without brackets
  std::optional<IpAddress> address;  ///< of a numeric host
  std::uint16_t port = 0;

  /// Returns `host:port`, with an IPv6 address in brackets: the same for each spelling of one target.
  std::string text() const;
};

/// Reads `host:port` or `[v6]:port`. nullopt = it is neither, or more: a URL, a login, a path, a list, a
/// number in place of a host.
std::optional<ModuleTarget> read_module_target(std::string_view text);

}  // namespace dbpool
