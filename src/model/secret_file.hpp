#pragma once

#include <filesystem>
#include <string>

namespace dbpool {

/// Returns the text of a file that holds a secret, without the blanks, line breaks and byte order marks at
/// its ends. `shown`: the name of the file in errors. throws Error if it is not a readable regular file, is
/// empty or is larger than 64 KiB.
std::string read_secret_file(const std::filesystem::path& file, const std::string& shown);

}  // namespace dbpool
