// A password with every character that ends something in one of the forms of a DSN: either it is read whole,
// or the DSN is rejected. No piece of it is shown in either case.
#include <doctest/doctest.h>
#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <string>

#include "dbpool/drivers/odbc.hpp"
#include "dbpool/drivers/postgres.hpp"
#include "dbpool/model/error.hpp"
#include "drivers/odbc/dsn.hpp"
#include "drivers/postgres/dsn.hpp"
#include "support/text/awkward_passwords.hpp"

using namespace dbpool;

namespace {

/// Returns the password that libpq reads; "" if it finds none.
std::string password_by_libpq(const std::string& dsn) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(dsn.c_str(), nullptr), PQconninfoFree);
  for (const auto* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) == "password" && option->val != nullptr) return option->val;
  }
  return "";
}

/// Returns the error of a rejected DSN.
std::string login_problem(const Dsn& dsn) {
  try {
    DsnSource(dsn).read();
    return postgres_dsn_problem(dsn);
  } catch (const StrayPassword& error) {
    return error.what();
  }
}

void check_libpq(const std::string& dsn, const std::string& password) {
  CAPTURE(dsn);
  CHECK_FALSE(shows_piece(Dsn(dsn).redacted()));
  const std::string problem = login_problem(Dsn(dsn));
  CHECK_FALSE(shows_piece(problem));
  try {
    const PostgresTarget target = read_target(Dsn(dsn));
    CHECK(problem == "");
    CHECK(is_wholly(password, password_by_libpq(dsn)));
    CHECK_FALSE(shows_piece(target.describe() + target.database + target.user));
  } catch (const DriverError& error) {
    CHECK(problem != "");
    CHECK_FALSE(shows_piece(error.what()));
  }
}

std::string quoted(const std::string& text, std::string_view escaped) {
  std::string result;
  for (const char c : text) {
    if (escaped.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

TEST_CASE("a password in a libpq URI is read wholly or refused, and no piece of it is shown") {
  for (const std::string& password : awkward_passwords()) {
    check_libpq("postgresql://app:" + password + "@127.0.0.1:5999/orders", password);
    check_libpq("postgres://app:" + password + "@db.example/orders?sslmode=disable", password);
    check_libpq("postgresql://app:" + password + "@[::1]:5999,b:1/orders?user=me", password);
    check_libpq("postgresql://:" + password + "@/orders?user=bob", password);
  }
}

TEST_CASE("a password in the query of a libpq URI is read wholly or refused, and no piece of it is shown") {
  for (const std::string& password : awkward_passwords()) {
    // The text after an & would be a parameter, and is one if it has a parameter's name.
    check_libpq("postgresql://db:5999/orders?user=bob&password=" + password + "&sslmode=disable", password);
  }
}

TEST_CASE("a password in a libpq string is read wholly or refused, and no piece of it is shown") {
  for (const std::string& password : awkward_passwords()) {
    const std::string escaped = quoted(password, "'\\");
    check_libpq("host=db user=bob password='" + escaped + "' dbname=orders", password);
    CHECK(password_by_libpq("host=db password='" + escaped + "'") == password);
    // A single backslash escapes: the password read is shorter, but nothing else is in it.
    const std::string bare = quoted(password, "\\");
    check_libpq("host=db user=bob password=" + bare + " dbname=orders", password);
    check_libpq("host=db user=bob dbname=orders password='" + bare + "' port=1", password);
  }
}

TEST_CASE("a password in an ODBC string is read wholly or refused, and no piece of it is shown") {
  const auto check = [](const std::string& dsn, const std::string& password) {
    CAPTURE(dsn);
    CHECK_FALSE(shows_piece(Dsn(dsn).redacted()));
    CHECK_FALSE(shows_piece(odbc_dsn_problem(Dsn(dsn))));
    try {
      const OdbcTarget target = read_odbc_target(Dsn(dsn));
      CHECK_FALSE(shows_piece(target.place + target.info.database + target.info.user));
      const bool whole = std::ranges::find(target.secrets, password) != target.secrets.end();
      // `;name=` begins a pair with any name.
      CHECK((whole || password.find(';') != std::string::npos));
    } catch (const DriverError& error) {
      CHECK_FALSE(shows_piece(error.what()));
    }
  };
  for (const std::string& password : awkward_passwords()) {
    check("Driver=x;Server=db;UID=bob;PWD=" + password + ";Database=orders", without_blanks(password));
    check("Driver=x;Server=db;Database=orders;UID=bob;PWD={" + password + "};", password);
  }
}

TEST_CASE("a login or a DSN in the place of one value is refused without being quoted") {
  for (const char* dsn : {"host=app:Winter@h", "host=Winter@h", "host=a,Winter@h",
                          "dbname='postgresql://app:Winter@h/d' host=h", "dbname=x@Winter host=h",
                          "host=db;user=u;password=Winter;dbname=x", "postgresql://h/d;password=Winter",
                          "postgresql://h/d?user=u;password=Winter", "host=postgresql://h/d?password=Winter",
                          "host=h user=app:Winter@h", "postgresql://h/d?user=app:Winter@h"}) {
    CAPTURE(dsn);
    const std::string problem = login_problem(Dsn(dsn));
    CHECK(problem != "");
    CHECK_FALSE(shows_piece(problem));
    CHECK_THROWS_AS(read_target(Dsn(dsn)), DriverError);
  }
  for (const char* dsn :
       {"Driver=x;Server=app:Winter@h", "Driver=x;Server=Winter@h", "Driver=x;Server=h;UID=u PWD=Winter",
        "DSN=app:Winter@h", "Driver=x;Database=postgresql://app:Winter@h/d", "Driver=x;Port=Winter@h",
        "Driver=x;PWD=4711;;UID=u"}) {
    CAPTURE(dsn);
    CHECK(odbc_dsn_problem(Dsn(dsn)) != "");
    CHECK_FALSE(shows_piece(odbc_dsn_problem(Dsn(dsn))));
    CHECK_THROWS_AS(read_odbc_target(Dsn(dsn)), DriverError);
  }
}

TEST_CASE("a DSN that is written as it should be is taken, whatever is in its password") {
  const std::pair<const char*, const char*> of_libpq[] = {
      {"postgresql://app:Winter%402026%2Fx%3F%23@h:5999/orders", "Winter@2026/x?#"},
      {"postgresql://me%40corp:x@h/d", "x"},
      {"postgresql://app:a?b#c,d&e:f@h/d", "a?b#c,d&e:f"},
      {"postgresql://u:x@[::1]:5432/d", "x"},
      {"postgresql://u:x@h1:1,[fe80::1]:2,h3/d?target_session_attrs=any", "x"},
      {"postgresql://u:x@%2Frun%2Fpostgresql/d", "x"},
      {"postgresql:///d?host=/run/postgresql&user=u", ""},
      {"postgresql://u@h/d", ""},
      {"postgresql://h/my%40db?user=me@corp&password=p@ss", "p@ss"},
      {"postgresql://u@h/d?application_name=a@b", ""},
      {"host=@abstract user=me@corp password='p@s/s, a&b?#%zz'", "p@s/s, a&b?#%zz"},
      {"host=h,@abstract user=u password=p@s/s:x dbname=x", "p@s/s:x"},
      {"host=/run/postgresql user=u dbname=a=b", ""},
  };
  for (const auto& [dsn, password] : of_libpq) {
    CAPTURE(dsn);
    CHECK(login_problem(Dsn(dsn)) == "");
    CHECK(password_by_libpq(dsn) == password);
    CHECK_NOTHROW(read_target(Dsn(dsn)));
  }
  for (const char* dsn :
       {"Driver=x;Server=tcp:db,1433;UID=me@server;PWD={p@s/s;x}};y}", "DSN=orders;PWD=a@b/c,d&e?f#g%h=i:j@k",
        "Driver=SQLite3;Database=/srv/me@corp/x.db"}) {
    CAPTURE(dsn);
    CHECK(odbc_dsn_problem(Dsn(dsn)) == "");
    CHECK_NOTHROW(DsnSource(Dsn(dsn)).read());
  }
}
