#include "web/file_stamp.hpp"

#include <sys/stat.h>

namespace dbpool {

FileStamp stamp_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return {file};
  return {file, found.st_ino, found.st_size, found.st_mtim};
}

}  // namespace dbpool
