#include "drivers/postgres/words.hpp"

#include <doctest/doctest.h>

#include <utility>

#include "dbpool/drivers/postgres.hpp"

using namespace dbpool;

namespace {

std::string problem_of(const std::string& dsn) {
  return postgres_dsn_problem(Dsn(dsn));
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a parameter of another driver is named, and what to write for it, but never its value") {
  const std::pair<const char*, const char*> cases[] = {
      {"postgresql://db/x?schema=hunter2", "\"schema\": leave it out, or set the search_path"},
      {"postgresql://db/x?pgbouncer=true", "\"pgbouncer\": leave it out"},
      {"postgresql://db/x?connection_limit=5", "\"connection_limit\": leave it out"},
      {"postgresql://db/x?ssl=no-verify", "\"ssl\": write sslmode=require"},
      {"postgresql://db/x?ssl=false", "\"ssl\": write sslmode=require"},
      {"host=db ssl=true", "\"ssl\": write sslmode=require"},
      {"postgresql://db/x?currentSchema=hunter2", "\"currentschema\": leave it out, or set the search_path"},
      {"postgresql://db/x?statement_timeout=5", "\"statement_timeout\": leave it out, or set it by options="},
      {"host=db database=hunter2", "\"database\": write dbname"},
      {"Host=db;Username=u", "\"host\": libpq's keywords are in lower case and separated by blanks"},
  };
  for (const auto& [dsn, expected] : cases) {
    CAPTURE(problem_of(dsn));
    CHECK(has(problem_of(dsn), expected));
    CHECK_FALSE(has(problem_of(dsn), "hunter2"));
  }
}

TEST_CASE("what only looks like a parameter may be a piece of a password, and is not named") {
  for (const char* dsn : {"postgresql://u@db/x?Winter2026=1", "postgresql://db/x?a&Winter2026=1",
                          "host=db password=a Winter2026=x", "host=db 'Winter2026=x", "Winter2026"}) {
    CAPTURE(problem_of(dsn));
    CHECK_FALSE(problem_of(dsn).empty());
    CHECK_FALSE(has(problem_of(dsn), "Winter2026"));
  }
}

TEST_CASE("URIs of other kinds are recognised by their beginning") {
  CHECK(has(problem_of("jdbc:postgresql://db/x"), "without \"jdbc:\""));
  CHECK(has(problem_of("JDBC:postgresql://db/x?user=u"), "without \"jdbc:\""));
  for (const char* dsn :
       {"postgresql+psycopg://u:p@db/x", "mysql://db/x", "POSTGRESQL://db/x", "ecto://db/x"}) {
    CHECK(has(problem_of(dsn), "neither \"postgresql://\" nor \"postgres://\""));
  }
  CHECK(problem_of("host=db password=a://b").empty());
}

TEST_CASE("values that libpq would only refuse when it connects are refused, without the value") {
  CHECK(has(problem_of("host=db sslmode=no-verify"), "sslmode=no-verify is not known to libpq"));
  CHECK(has(problem_of("postgresql://db/x?sslmode=no-verify"), "require encrypts without verifying"));
  const std::pair<const char*, const char*> cases[] = {
      {"sslmode=hunter2", "disable, allow, prefer, require, verify-ca, verify-full"},
      {"sslmode=Require", "disable, allow, prefer, require, verify-ca, verify-full"},
      {"gssencmode=hunter2", "disable, prefer, require"},
      {"channel_binding=hunter2", "disable, prefer, require"},
      {"target_session_attrs=hunter2", "any, read-write, read-only, primary, standby, prefer-standby"},
      {"keepalives_idle=hunter2", "keepalives_idle is not a whole number"},
      {"tcp_user_timeout=5s", "tcp_user_timeout is not a whole number"},
  };
  for (const auto& [option, expected] : cases) {
    CAPTURE(option);
    const std::string problem = problem_of(std::string("host=db ") + option);
    CHECK(has(problem, expected));
    CHECK_FALSE(has(problem, "hunter2"));
  }
  for (const char* dsn : {"host=db sslmode=prefer", "host=db sslmode=verify-full keepalives=1",
                          "postgresql://db/x?ssl=true", "host=db target_session_attrs=prefer-standby"}) {
    CHECK(problem_of(dsn).empty());
  }
}
