#include "drivers/odbc/dsn.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "dbpool/drivers/odbc.hpp"
#include "dbpool/model/error.hpp"

using namespace dbpool;

namespace {

OdbcTarget target(const std::string& text) {
  return read_odbc_target(Dsn(text));
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a well-formed ODBC string has no problem") {
  for (const char* text :
       {"DSN=orders", "dsn = orders ; uid = bob", "Driver={SQLite3};Database=/var/lib/a.db",
        "DRIVER=SQLite3;Database=a b.db;", "Driver={A};PWD={a;b}}c};UID=u", ";;Driver={A};;",
        "FILEDSN=/etc/a.dsn", "Driver={A};PWD=a=b{c;Server=h", "Driver={A};PWD={}}};UID=u",
        "Driver={A};PWD=;"}) {
    CAPTURE(text);
    CHECK(odbc_dsn_problem(Dsn(text)).empty());
  }
}

TEST_CASE("a malformed ODBC string is described without a piece of it") {
  const std::pair<std::string, const char*> cases[] = {
      {"", "neither a Driver nor a DSN"},
      {"hunter2", "a part without \"=\""},
      {"Driver={A};hunter2;UID=u", "a part without \"=\""},
      {"Driver={A};PWD=a;hunter2", "a part without \"=\""},
      {"Driver={A};=hunter2", "a value without a keyword"},
      {"Driver={A};PWD={hunter2;UID=u", "a brace that is not closed"},
      {"Driver={A};PWD={hunter2}};UID=u", "a brace that is not closed"},
      {"Driver={A};PWD={a}hunter2;UID=u", "something between a closing brace and \";\""},
      {"Server=hunter2;UID=u", "neither a Driver nor a DSN"},
      {"Driver=;UID=hunter2", "neither a Driver nor a DSN"},
      {"Driver={};UID=hunter2", "neither a Driver nor a DSN"},
      {"Driver={A};PWD={hunter2\0}", "a brace that is not closed"},
      {std::string("Driver={A};PWD=hunter2\0x", 24), "a zero byte"},
  };
  for (const auto& [text, expected] : cases) {
    const std::string problem = odbc_dsn_problem(Dsn(text));
    CAPTURE(problem);
    CHECK(contains(problem, expected));
    CHECK(contains(problem, "; expected \"Driver={...};"));
    CHECK_FALSE(contains(problem, "hunter2"));
    CHECK_THROWS_AS(target(text), DriverError);
  }
}

TEST_CASE("info has the database and the user, as far as the string tells") {
  const auto info = target("Driver={A};Server=db;Database={my;app};UID=bob;PWD=x").info;
  CHECK(info.driver == "odbc");
  CHECK(info.database == "my;app");
  CHECK(info.user == "bob");
  CHECK(target("Driver={A};DBQ=/a.mdb;User = eve").info.database == "/a.mdb");
  CHECK(target("Driver={A};DBQ=/a.mdb;User = eve").info.user == "eve");
  CHECK(target("Driver={A};Initial Catalog=app").info.database == "app");
  CHECK(target("DSN=orders").info.database == "orders");
  CHECK(target("DSN=orders").info.user.empty());
  CHECK(target("Driver={A};Server=acme.example").info.database == "acme.example");
  CHECK(target("Driver={A};Database=/srv/me@corp.db").info.database.empty());
}

TEST_CASE("of a keyword that is given twice the first value counts") {
  CHECK(target("Driver={A};UID=bob;UID=eve").info.user == "bob");
}

TEST_CASE("a target is named by its database and server, or else by what there is") {
  CHECK(target("Driver={A};Server=db;Port=5432;Database=app;UID=u").place == "\"app\" at db:5432");
  CHECK(target("Driver={A};Server=tcp:db,1433;Database=app").place == "\"app\" at tcp:db,1433");
  CHECK(target("Driver={A};Database=/a.db").place == "\"/a.db\"");
  CHECK(target("Driver={A};Servername=db").place == "db");
  CHECK(target("DSN=orders;PWD=x").place == "data source \"orders\"");
  CHECK(target("Driver={A};PWD=x").place == "driver \"A\"");
  CHECK(target("Driver={A};Server=a=b;Database=app").place == "\"app\" at ***");
}

TEST_CASE("secrets and users of the string are hidden in a driver's text, which becomes one line") {
  const auto shown = target("Driver={A};Server=db;UID=sa;PWD={a;b}}c};Access Token=t0ken;Mystery=hidden");
  CHECK(shown.present("no a;b}c,\n\ta;b}}c or  t0ken\n") == "no ***, *** or ***");
  CHECK(shown.present("login failed for user 'sa', message sad") ==
        "login failed for user '***', message sad");
  CHECK(shown.present("xhidden but hidden.") == "xhidden but ***.");
  CHECK(shown.present("server db refused") == "server db refused");
}

TEST_CASE("the longer of two secrets is hidden first") {
  CHECK(target("Driver={A};PWD=ab;Secret=abc").present("abc ab") == "*** ***");
}

TEST_CASE("a connection string that a driver echoes is cut off at its first secret") {
  const auto shown = target("DSN=orders");
  CHECK(shown.present("bad: Server=db;PWD=rotated;UID=u") == "bad: Server=db;PWD=***");
  CHECK(shown.present("bad: access_token = rotated") == "bad: access_token =***");
  CHECK(shown.present("Password=rotated") == "Password=***");
  CHECK(shown.present("= a == b") == "= a == b");
}

TEST_CASE("a statement that a driver quotes, whole or in part, is hidden") {
  const auto shown = target("DSN=orders");
  const std::string sql = "ALTER USER bob PASSWORD 'hunter2'";
  CHECK(shown.present("Failed to send '" + sql + "'; lost", sql) == "Failed to send '***");
  CHECK(shown.present("Failed to send 'ALTER USER bob P…", sql) == "Failed to send '***");
  CHECK(shown.present("syntax error", sql) == "syntax error");
  CHECK(shown.present("near SELECT", "SELECT") == "near SELECT");
}

TEST_CASE("short values of unknown keywords do not garble a text") {
  CHECK(target("Driver={A};BI=1;Mode=no").present("no host 127.0.0.1") == "no host 127.0.0.1");
}

TEST_CASE("the ODBC driver reads its string from a file at every connect, and info follows it") {
  const auto file =
      std::filesystem::temp_directory_path() /
      ("dbpool_odbc_dsn_" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
  const auto driver = odbc_driver(DsnSource(file));
  CHECK(driver->info().driver == "odbc");
  CHECK(driver->info().database.empty());
  const Deadline soon(std::chrono::steady_clock::now() + std::chrono::seconds(5));
  try {
    connect(*driver, soon);
    FAIL("it connected");
  } catch (const DriverError& error) {
    CHECK(error.kind() == ErrorKind::connect);
    CHECK(contains(error.what(), file.string()));
  }
  std::ofstream(file) << "Driver=/nonexistent/driver.so;Database=app;UID=bob\n";
  CHECK_THROWS_AS(connect(*driver, soon), DriverError);
  CHECK(driver->info().database == "app");
  CHECK(driver->info().user == "bob");
  std::filesystem::remove(file);
}
