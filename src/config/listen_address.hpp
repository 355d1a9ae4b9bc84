#pragma once

#include <optional>
#include <string_view>

#include "web/web_options.hpp"

namespace dbpool {

/// Reads `host:port` or `:port`; the host is a name or an IPv4 address, the port 0 to 65535. nullopt = none.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

/// Whether the text has an IPv6 address for its host, which the web server cannot listen on.
bool is_ipv6_address(std::string_view text);

}  // namespace dbpool
