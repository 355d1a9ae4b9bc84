#pragma once

#include <optional>
#include <string_view>

#include "web/web_options.hpp"

namespace dbpool {

/// Parses `host:port` or `:port`; the host is a name or an IPv4 address, the port 0 to 65535. nullopt =
/// malformed.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

/// Returns whether the host is an IPv6 address, which the web server cannot listen on.
bool is_ipv6_address(std::string_view text);

}  // namespace dbpool
