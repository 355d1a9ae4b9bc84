#pragma once

#include <optional>
#include <string_view>

#include "sources/push/push_address.hpp"

namespace dbpool {

/// Reads `host:port`, where the host is numeric, `localhost` or missing; nullopt = malformed.
std::optional<PushAddress> read_push_address(std::string_view text);

/// Returns whether only this host reaches the address.
bool is_loopback(const PushAddress& address);

}  // namespace dbpool
