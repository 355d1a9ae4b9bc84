#pragma once

#include <vector>

#include "config/environment.hpp"
#include "web/web_options.hpp"

namespace dbpool {

/// Returns the sockets that systemd has passed to this process, in their order, as sd_listen_fds(3) finds
/// them: from descriptor 3 on, LISTEN_FDS of them, for the process LISTEN_PID.
/// throws Error: there is none, or one is not a stream socket that listens.
std::vector<ListenAddress> systemd_sockets(const Environment& environment);

}  // namespace dbpool
