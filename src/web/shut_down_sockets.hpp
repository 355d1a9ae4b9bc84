#pragma once

#include <vector>

#include "web/web_options.hpp"

namespace dbpool {

/// Calls shutdown(2) with `how` on each socket of this process whose local port or path is one of
/// `addresses`: those that listen there and those accepted there. Any thread may call it.
void shut_down_sockets(const std::vector<ListenAddress>& addresses, int how);

}  // namespace dbpool
