#pragma once

#include <vector>

#include "web/web_options.hpp"

namespace dbpool {

/// Shuts down, as `how` says (see shutdown(2)), the sockets of this process that listen on the addresses or
/// were accepted there. Any thread may call it.
void hang_up(const std::vector<ListenAddress>& addresses, int how);

}  // namespace dbpool
