#include "dbpool/drivers/pqxx.hpp"

#include "dbpool/drivers/postgres.hpp"

int main() {
  const auto driver = dbpool::postgres_driver(dbpool::DsnSource(dbpool::Dsn("dbname=app")));
  const pqxx::failure error("lost");
  return driver && dbpool::error_kind(error) == dbpool::ErrorKind::query ? 0 : 1;
}
