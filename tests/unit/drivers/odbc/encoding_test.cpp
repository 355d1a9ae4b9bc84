#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "dbpool/drivers/odbc.hpp"

using namespace dbpool;

TEST_CASE(
    "PostgreSQL's driver of ODBC is given UTF-8 as its encoding, unless the environment names another") {
  const char* const variable = "PGCLIENTENCODING";
  ::unsetenv(variable);
  set_odbc_encoding();
  CHECK(std::string(std::getenv(variable)) == "UTF8");
  ::setenv(variable, "LATIN1", 1);
  set_odbc_encoding();
  CHECK(std::string(std::getenv(variable)) == "LATIN1");
  ::unsetenv(variable);
}
