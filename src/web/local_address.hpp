#pragma once

#include <optional>

#include "web/web_options.hpp"

namespace dbpool {

/// Returns the local end of a socket, with the path of an abstract Unix socket as `@name`; nullopt = another
/// descriptor, or a socket without an address. Its `descriptor` is -1.
std::optional<ListenAddress> local_address(int descriptor);

}  // namespace dbpool
