#pragma once

#include <filesystem>
#include <string>

namespace dbpool {

/// What is wrong with a file that is to hold certificates in PEM format (RFC 7468), without its name; "" when
/// each certificate in it is well-formed and there is at least one. Whether one is valid, the TLS library
/// says.
std::string ca_file_problem(const std::filesystem::path& file);

}  // namespace dbpool
