// A password is never shown, however the DSN quotes it and whatever other text surrounds it.
#include "dbpool/model/dsn.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "dbpool/drivers/odbc.hpp"
#include "dbpool/drivers/postgres.hpp"
#include "dbpool/model/error.hpp"
#include "drivers/odbc/dsn.hpp"
#include "drivers/postgres/dsn.hpp"
#include "fuzz_target.hpp"

using namespace dbpool;
using test::require;

namespace {

constexpr std::string_view marker = "Pl4ntedPw";

std::string quoted_for_libpq(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

std::string braced_for_odbc(std::string_view text) {
  std::string result = "{";
  for (const char c : text) result += c == '}' ? "}}" : std::string(1, c);
  return result + "}";
}

/// Returns DSNs with the password in each place that accepts one. Unquoted places get no `=`, because the
/// text after it could be the value of another key.
std::array<std::string, 7> places_of(const std::string& password) {
  std::string bare = password;
  std::ranges::replace(bare, '=', '.');
  return {"postgresql://user:" + bare + "@host/db",
          "postgresql://host/db?user=me&password=" + bare,
          "host=db password=" + bare + " dbname=x",
          "Driver=SQLite3;Server=db;PWD=" + bare + ";Database=x",
          "file:/tmp/x.db?mode=ro&key=" + bare,
          "host=db password=" + quoted_for_libpq(password) + " dbname=x",
          "Driver=SQLite3;Server=db;PWD=" + braced_for_odbc(password) + ";Database=x"};
}

/// Checks that neither the displayed target nor a connect error contains the password.
void check_connect(const Dsn& dsn, const std::string& text) {
  std::string shown;
  try {
    const PostgresTarget target = read_target(dsn);
    shown = target.describe() + target.database + target.user;
  } catch (const Error& error) {
    shown = error.what();
  }
  require(shown.find(marker) == std::string::npos, "no password in the place that libpq reads", text);
  try {
    const OdbcTarget target = read_odbc_target(dsn);
    shown = target.place + target.info.database + target.info.user;
  } catch (const Error& error) {
    shown = error.what();
  }
  require(shown.find(marker) == std::string::npos, "no password in the place that ODBC reads", text);
}

void check(const std::string& text) {
  const Dsn dsn{text};
  check_connect(dsn, text);
  const std::string shown = dsn.redacted();
  require(shown.find(marker) == std::string::npos, "no password in the redacted DSN", text);
  const std::string problem = postgres_dsn_problem(dsn);
  require(problem.find(marker) == std::string::npos, "no password in what is wrong with it", text);
}

}  // namespace

/// Input: a line before the password, a line after it, and the text that follows the DSN.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  test::Input input(bytes, size);
  const std::string before(input.line()), behind(input.line());
  if (input.rest().find(marker) != std::string_view::npos) return 0;  // there it would not be a password
  const std::string password = before + std::string(marker) + behind;
  for (const std::string& dsn : places_of(password)) check(dsn + std::string(input.rest()));
  return 0;
}
