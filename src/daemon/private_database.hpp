#pragma once

#include <filesystem>

namespace dbpool {

/// The embedded default: a SQLite file in a directory of its own that only this user may enter. Both are
/// removed with the object.
class PrivateDatabase {
 public:
  /// Makes the directory under TMPDIR, or /tmp. throws Error that names it.
  PrivateDatabase();
  ~PrivateDatabase();
  PrivateDatabase(const PrivateDatabase&) = delete;
  PrivateDatabase& operator=(const PrivateDatabase&) = delete;

  std::filesystem::path file() const { return directory_ / "default.db"; }

 private:
  std::filesystem::path directory_;
};

}  // namespace dbpool
