#pragma once

#include <sys/types.h>

#include <ctime>
#include <filesystem>

namespace dbpool {

/// By what a file is recognized as unchanged. All 0: there is no such file.
struct FileStamp {
  std::filesystem::path file;
  ino_t inode = 0;
  off_t size = 0;
  timespec modified{};

  bool operator==(const FileStamp& other) const {
    return file == other.file && inode == other.inode && size == other.size &&
           modified.tv_sec == other.modified.tv_sec && modified.tv_nsec == other.modified.tv_nsec;
  }
};

/// Makes one system call.
FileStamp stamp_of(const std::filesystem::path& file);

}  // namespace dbpool
