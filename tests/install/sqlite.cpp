#include "dbpool/drivers/sqlite.hpp"

int main() {
  const auto driver = dbpool::sqlite_driver(":memory:");
  return driver->info().driver == "sqlite" ? 0 : 1;
}
