#pragma once

#include <filesystem>
#include <string>

namespace dbpool {

/// The text of a file that holds a secret, without the blanks, line breaks and byte order marks at its ends.
/// `shown`: how an error calls the file. throws Error when it is no readable file, empty or larger than 64
/// KiB.
std::string read_secret_file(const std::filesystem::path& file, const std::string& shown);

}  // namespace dbpool
