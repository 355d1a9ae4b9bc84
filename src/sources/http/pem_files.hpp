#pragma once

#include <filesystem>
#include <string>

namespace dbpool {

// Each function describes the error in a file in PEM format (RFC 7468), without its name; "" when there is
// none.

/// For a file that should hold certificates: OpenSSL can read each of them, and there is at least one. Does
/// not check whether they are valid.
std::string certificates_problem(const std::filesystem::path& file);

/// For a file that should hold a private key, which is not encrypted.
std::string private_key_problem(const std::filesystem::path& file);

/// For two files without an error of their own: the key belongs to the first certificate.
std::string key_pair_problem(const std::filesystem::path& certificates, const std::filesystem::path& key);

}  // namespace dbpool
