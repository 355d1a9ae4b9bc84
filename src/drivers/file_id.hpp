#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

namespace dbpool {

/// Which file it is, whatever its name.
struct FileId {
  dev_t device;
  ino_t number;

  bool operator==(const FileId&) const = default;
};

/// Of the file that a path leads to, also by symbolic links; nullopt where there is none.
inline std::optional<FileId> file_id(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileId{status.st_dev, status.st_ino};
}

}  // namespace dbpool
