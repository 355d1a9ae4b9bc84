#pragma once

#include <string>

#include "sync/descriptor.hpp"

namespace dbpool {

/// Opens a datagram socket of a family that does not block, with the largest buffer that the system allows.
/// throws Error.
Descriptor datagram_socket(int family, const std::string& address);

/// Throws the error of an inbox that cannot be opened. `why`: what happened, and what is allowed.
[[noreturn]] void refuse_inbox(const std::string& address, const std::string& why);

/// Same, with the reason why the last system call has failed.
[[noreturn]] void refuse_inbox(const std::string& address);

}  // namespace dbpool
