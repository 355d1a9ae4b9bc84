#include "daemon/private_database.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "dbpool/model/error.hpp"

namespace fs = std::filesystem;

TEST_CASE("the embedded database lies in a directory that nobody else may enter, and goes with it") {
  fs::path file;
  {
    const dbpool::PrivateDatabase database;
    file = database.file();
    std::ofstream(file) << "x";
    CHECK(fs::status(file.parent_path()).permissions() == fs::perms::owner_all);
  }
  CHECK_FALSE(fs::exists(file.parent_path()));
}

TEST_CASE("a temporary directory that is not there is an error that names it and what to do") {
  const char* const before = std::getenv("TMPDIR");
  const std::string saved = before != nullptr ? before : "";
  ::setenv("TMPDIR", "/nonexistent-directory", 1);
  std::string message;
  try {
    const dbpool::PrivateDatabase database;
  } catch (const dbpool::Error& e) {
    message = e.what();
  }
  before != nullptr ? ::setenv("TMPDIR", saved.c_str(), 1) : ::unsetenv("TMPDIR");
  CHECK(
      message.starts_with("make a directory for the embedded database in '/nonexistent-directory': No such"));
  CHECK(message.find("set TMPDIR") != std::string::npos);
}
