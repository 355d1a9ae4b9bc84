#pragma once

#include <filesystem>
#include <string>

namespace dbpool {

/// Describes the error in a file that should hold certificates in PEM format (RFC 7468), without its name; ""
/// when OpenSSL can read each certificate in it and there is at least one. Does not check whether they are
/// valid.
std::string ca_file_problem(const std::filesystem::path& file);

}  // namespace dbpool
