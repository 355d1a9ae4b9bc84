#pragma once

namespace dbpool {

/// Makes OpenSSL 3 loadable by CivetWeb as Debian builds it, which loads `libssl.so` and `libcrypto.so` by
/// these names and misses a function in it: opens libraries of ours with these names, which stay open. They
/// are beside the program. throws Error that names the library that cannot be opened.
void open_shim_libraries();

}  // namespace dbpool
