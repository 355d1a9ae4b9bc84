#pragma once

#include <string>
#include <vector>

#include "sync/descriptor.hpp"
#include "web/web_options.hpp"

namespace dbpool {

/// Opens the sockets that listen on `address`: one, or two for `localhost`, where IPv6 may be missing. They
/// do not block. Writes the port that the system chose for port 0 into `address`. throws Error: no address,
/// or the system refuses it.
std::vector<Descriptor> listening_sockets(ListenAddress& address);

/// Returns `host:port`, with an IPv6 address in brackets, or `unix:PATH`.
std::string text_of(const ListenAddress& address);

}  // namespace dbpool
