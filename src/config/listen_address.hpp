#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "web/web_options.hpp"

namespace dbpool {

/// Parses `host:port` or `:port`; the host is a name or an IPv4 address, the port 0 to 65535. nullopt =
/// malformed.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

/// Returns whether a server can listen there without a look-up: an address, `localhost`, or every interface.
bool is_numeric_host(const std::string& host);

/// Does the same, and also parses `[IPv6]:port` and `unix:PATH` with an absolute path.
std::optional<ListenAddress> parse_web_address(std::string_view text);

}  // namespace dbpool
