#include "dbpool/drivers/odbc.hpp"

int main() {
  const auto driver = dbpool::odbc_driver(dbpool::DsnSource(dbpool::Dsn("Driver=x")));
  return driver->info().driver == "odbc" ? 0 : 1;
}
