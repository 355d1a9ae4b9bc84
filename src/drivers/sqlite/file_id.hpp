#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

namespace dbpool {

/// The identity of a file, whatever its name.
struct FileId {
  dev_t device;
  ino_t number;

  bool operator==(const FileId&) const = default;
};

/// Returns the identity of the file at `path`, also through symbolic links; nullopt if there is none.
inline std::optional<FileId> file_id(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileId{status.st_dev, status.st_ino};
}

}  // namespace dbpool
