#include "drivers/postgres/passfile.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <optional>

#include "dbpool/drivers/postgres.hpp"
#include "drivers/postgres/dsn.hpp"
#include "support/servers/child_process.hpp"

using namespace dbpool;

namespace {

std::string passfile(const TemporaryDirectory& directory, mode_t mode) {
  const std::string path = directory.write(".pgpass", "*:*:*:*:hunter2\n").string();
  REQUIRE(::chmod(path.c_str(), mode) == 0);
  return path;
}

/// Sets a variable of the environment; the destructor restores it.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* const before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("a password file is taken with every mode that libpq takes, and with no other") {
  const TemporaryDirectory directory;
  for (const mode_t mode : {0600U, 0400U, 0700U}) {
    const std::string path = passfile(directory, mode);
    CHECK(find_passfile(path).path == path);
    CHECK(find_passfile(path).problem.empty());
  }
  for (const mode_t mode : {0640U, 0604U, 0610U, 0601U, 0660U, 0444U}) {
    const PostgresPassfile found = find_passfile(passfile(directory, mode));
    CHECK(found.path == PostgresPassfile::nowhere);
    CHECK(found.problem.find("chmod 0600") != std::string::npos);
    CHECK(found.problem.find("dsn_file") != std::string::npos);
  }
}

TEST_CASE(
    "a password file that is no plain file or absent is ignored, with a word if it was asked for by name") {
  const TemporaryDirectory directory;
  CHECK(find_passfile(directory.path().string()).problem.find("not a plain file") != std::string::npos);
  CHECK(find_passfile("/dev/null").problem.find("not a plain file") != std::string::npos);
  CHECK(find_passfile((directory.path() / "none").string()).problem.find("cannot be found") !=
        std::string::npos);
  const Variable home("HOME", directory.path().string());
  CHECK(find_passfile("").problem.empty());
  CHECK(find_passfile("").path == PostgresPassfile::nowhere);
  passfile(directory, 0640);
  CHECK(find_passfile("").problem.find(".pgpass") != std::string::npos);
  const std::string path = passfile(directory, 0600);
  CHECK(find_passfile("").path == path);
}

TEST_CASE("the password file of the DSN comes before that of the environment and the home directory") {
  const TemporaryDirectory in_dsn, in_environment, in_home;
  const std::string dsn = passfile(in_dsn, 0600), environment = passfile(in_environment, 0600),
                    home = passfile(in_home, 0600);
  const auto used = [](const std::string& text) { return read_target(Dsn(text)).options.at("passfile"); };
  const Variable home_variable("HOME", in_home.path().string());
  CHECK(used("host=db user=u") == home);
  const Variable passfile_variable("PGPASSFILE", environment);
  CHECK(used("host=db user=u") == environment);
  CHECK(used("host=db user=u passfile=" + dsn) == dsn);
  CHECK(used("postgresql://u@db/?passfile=" + dsn) == dsn);
}

TEST_CASE("a password file that is hidden from others is still known to us, and none is hidden that works") {
  const TemporaryDirectory directory;
  const std::string path = passfile(directory, 0640);
  const Variable variable("PGPASSFILE", path);
  hide_unusable_passfile();
  hide_unusable_passfile();
  CHECK(std::getenv("PGPASSFILE") == PostgresPassfile::nowhere + path);
  CHECK(postgres_passfile_problem(Dsn("host=db user=u")).find("\"" + path + "\"") != std::string::npos);
  passfile(directory, 0600);
  CHECK(read_target(Dsn("host=db user=u")).options.at("passfile") == path);
  ::setenv("PGPASSFILE", path.c_str(), 1);
  hide_unusable_passfile();
  CHECK(std::getenv("PGPASSFILE") == path);
}

TEST_CASE("a password file does not matter where a password is given, wherever that comes from") {
  const TemporaryDirectory directory;
  const Variable file("PGPASSFILE", passfile(directory, 0640));
  CHECK_FALSE(postgres_passfile_problem(Dsn("host=db user=u")).empty());
  CHECK(postgres_passfile_problem(Dsn("host=db user=u password=p")).empty());
  CHECK(postgres_passfile_problem(Dsn("not a DSN")).empty());
  const Variable password("PGPASSWORD", "env");
  CHECK(postgres_passfile_problem(Dsn("host=db user=u")).empty());
  CHECK(read_target(Dsn("host=db user=u")).options.at("password") == "env");
}
