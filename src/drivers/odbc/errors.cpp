#include "drivers/odbc/errors.hpp"

#include <algorithm>
#include <array>

namespace dbpool {
namespace {

constexpr std::array<std::string_view, 5> timeouts{"HYT00", "HYT01", "HY008", "57014", "S1T00"};
/// Texts of PostgreSQL servers and libpq that the ODBC driver of PostgreSQL reports under 08001.
constexpr std::array<std::string_view, 5> refusals{"authentication failed", "no password supplied",
                                                   "no pg_hba.conf entry", "\" is not permitted to log in",
                                                   "FATAL: role \""};
/// Beginnings of states that report an error neither in the statement nor in the connection: memory, call
/// sequence, features that a driver lacks, the driver manager.
constexpr std::array<std::string_view, 5> ours{"HY001", "HY010", "HY013", "HYC00", "IM"};

/// General states under which drivers also report a lost session: the general error of ODBC 3 and 2, and
/// PostgreSQL's timeouts of a transaction.
constexpr std::array<std::string_view, 4> vague{"HY000", "S1000", "25P03", "25P04"};
/// Texts of the client libraries of MySQL and MariaDB, PostgreSQL and FreeTDS.
constexpr std::array<std::string_view, 8> farewells{"server has gone away",
                                                    "Lost connection to",
                                                    "disconnected by the server because of inactivity",
                                                    "server closed the connection",
                                                    "terminating connection",
                                                    "no connection to the server",
                                                    "DBPROCESS is dead",
                                                    "Communication link failure"};

bool is_timeout(std::string_view sqlstate) {
  return std::ranges::find(timeouts, sqlstate) != timeouts.end();
}

std::string one_blank_each(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    const char shown = c == '\n' || c == '\t' ? ' ' : c;
    if (shown != ' ' || !plain.ends_with(' ')) plain += shown;
  }
  return plain;
}

}  // namespace

OdbcDiagnosis diagnose(SQLSMALLINT handle_type, SQLHANDLE handle) {
  static constexpr SQLSMALLINT most_records = 4;
  OdbcDiagnosis diagnosis;
  for (SQLSMALLINT record = 1; record <= most_records; ++record) {
    SQLCHAR state[6] = {};
    SQLCHAR text[2048] = {};
    SQLINTEGER native = 0;
    SQLSMALLINT length = 0;
    if (!SQL_SUCCEEDED(
            SQLGetDiagRec(handle_type, handle, record, state, &native, text, sizeof text, &length)))
      break;
    const std::string sqlstate(reinterpret_cast<const char*>(state));
    // A warning in the first record is not the failure.
    if (diagnosis.sqlstate.empty() || diagnosis.sqlstate.starts_with("01")) diagnosis.sqlstate = sqlstate;
    diagnosis.text.append(record == 1 ? "" : "; ").append(reinterpret_cast<const char*>(text));
  }
  if (diagnosis.text.empty()) diagnosis.text = "the driver gave no reason";
  return diagnosis;
}

ErrorKind odbc_connect_kind(const OdbcDiagnosis& diagnosis) {
  if (diagnosis.sqlstate.starts_with("28")) return ErrorKind::authentication;
  if (is_timeout(diagnosis.sqlstate)) return ErrorKind::timeout;
  const std::string text = one_blank_each(diagnosis.text);
  const bool refused =
      std::ranges::any_of(refusals, [&](auto words) { return text.find(words) != std::string::npos; });
  return refused ? ErrorKind::authentication : ErrorKind::connect;
}

bool odbc_says_lost(const OdbcDiagnosis& diagnosis) {
  if (std::ranges::find(vague, diagnosis.sqlstate) == vague.end()) return false;
  const std::string text = one_blank_each(diagnosis.text);
  return std::ranges::any_of(farewells, [&](auto words) { return text.find(words) != std::string::npos; });
}

ErrorKind odbc_statement_kind(std::string_view sqlstate, bool dead) {
  // 57P0…: the PostgreSQL server ends the session. Its ODBC driver notices only at the next statement.
  if (dead || sqlstate.starts_with("08") || sqlstate.starts_with("57P0")) return ErrorKind::network;
  if (is_timeout(sqlstate)) return ErrorKind::timeout;
  if (sqlstate.starts_with("28")) return ErrorKind::authentication;
  const bool other = std::ranges::any_of(ours, [&](auto prefix) { return sqlstate.starts_with(prefix); });
  return other ? ErrorKind::other : ErrorKind::query;
}

}  // namespace dbpool
