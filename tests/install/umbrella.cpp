#include "dbpool/drivers/odbc.hpp"
#include "dbpool/drivers/postgres.hpp"
#include "dbpool/drivers/sqlite.hpp"

int main() {
  const dbpool::DsnSource dsn(dbpool::Dsn("Driver=x"));
  const auto sqlite = dbpool::sqlite_driver(":memory:");
  const auto postgres = dbpool::postgres_driver(dsn);
  const auto odbc = dbpool::odbc_driver(dsn);
  return sqlite && postgres && odbc ? 0 : 1;
}
