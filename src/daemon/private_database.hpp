#pragma once

#include <filesystem>

namespace dbpool {

/// The default database: a SQLite file in its own directory, which only this user may enter. The destructor
/// removes both.
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
