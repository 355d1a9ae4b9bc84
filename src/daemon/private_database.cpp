#include "daemon/private_database.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "dbpool/model/error.hpp"

namespace dbpool {

PrivateDatabase::PrivateDatabase() {
  const char* const configured = std::getenv("TMPDIR");
  const std::filesystem::path temporary = configured != nullptr ? configured : "/tmp";
  std::string name = temporary / "dbpool_exporter.XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    const int reason = errno;
    throw Error("make a directory for the embedded database in '" + temporary.string() +
                "': " + std::generic_category().message(reason) +
                "; set TMPDIR to a directory that can be written, or DBPOOL_DSN to a SQLite file");
  }
  directory_ = name;
}

PrivateDatabase::~PrivateDatabase() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

}  // namespace dbpool
