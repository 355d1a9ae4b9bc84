#include "config/check_dsn.hpp"

#include <fmt/format.h>

#include "dbpool/drivers/odbc.hpp"
#include "dbpool/drivers/postgres.hpp"
#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

/// Checks the DSN written at `place`, or the DSN in the file named there.
void check_dsn_at(const Value& place, const DsnSource& dsn, Problems& problems,
                  const std::function<std::string(const Dsn&)>& problem_of) {
  if (place.kind != Value::Kind::text || place.text.empty()) return;
  std::string problem;
  try {
    const Dsn read = dsn.read();
    // libpq would connect a blank DSN to the default server of the user that runs this process.
    const bool blank = read.reveal().find_first_not_of(" \t\r\n") == std::string::npos;
    problem = blank ? "a blank DSN; allowed: one that says where the database is" : problem_of(read);
  } catch (const StrayPassword& e) {
    problem =
        fmt::format("{}; allowed: a DSN of the driver, with any @ and / of a password encoded", e.what());
  } catch (const Error& e) {
    problem = fmt::format("{}; allowed: a readable file that holds a DSN", e.what());
  }
  if (!problem.empty()) problems.add(place, problem);
}

}  // namespace

bool check_dsn(const DsnSource& dsn, const Written& written, Problems& problems,
               const std::function<std::string(const Dsn&)>& problem_of) {
  const bool has_text = written.has("dsn");
  const bool has_file = written.has("dsn_file");
  if (has_text && has_file) {
    problems.add(written.at("dsn_file"), "dsn is given as well; allowed: one of dsn and dsn_file");
  } else if (has_text || has_file) {
    check_dsn_at(written.at(has_text ? "dsn" : "dsn_file"), dsn, problems, problem_of);
  }
  return has_text || has_file;
}

std::string postgres_problem(const Dsn& dsn) {
  const auto problem = postgres_dsn_problem(dsn);
  if (problem.empty()) return {};
  return fmt::format("malformed DSN: {}; allowed: a libpq connection string or URI", problem);
}

std::string odbc_problem(const Dsn& dsn) {
  const auto problem = odbc_dsn_problem(dsn);
  if (problem.empty()) return {};
  return fmt::format("malformed DSN: {}; allowed: an ODBC connection string", problem);
}

}  // namespace dbpool
