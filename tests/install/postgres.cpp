#include "dbpool/drivers/postgres.hpp"

int main() {
  const auto driver = dbpool::postgres_driver(dbpool::DsnSource(dbpool::Dsn("dbname=app")));
  return driver->info().driver == "postgres" ? 0 : 1;
}
