// An application with an embedded pool. It opens a SQLite file (creating it if missing), runs a few
// statements and prints the pool's figures.
#include <exception>
#include <iostream>

#include "dbpool/drivers/sqlite.hpp"
#include "dbpool/pool/pool.hpp"

namespace {

void run(const char* file) {
  dbpool::PoolOptions options;
  options.name = "orders";
  options.min_size = 1;
  options.max_size = 4;
  dbpool::Pool pool(options, dbpool::sqlite_driver(file, {.create = true}), dbpool::Runtime::start(1));

  {
    dbpool::Lease lease = pool.acquire();
    lease.execute("CREATE TABLE IF NOT EXISTS orders(id INTEGER PRIMARY KEY, item TEXT)");
    lease.execute("INSERT INTO orders(item) VALUES ('tea'), ('bread')");
  }
  const dbpool::QueryResult counted = pool.acquire().execute("SELECT count(*) FROM orders");
  std::cout << "orders: " << counted.rows.at(0).at(0).value_or("none") << '\n';

  const dbpool::PoolSnapshot seen = pool.snapshot();
  std::cout << "connections: " << seen.idle.value_or(0) << " idle, " << seen.active.value_or(0)
            << " active of " << seen.max.value_or(0) << '\n'
            << "acquisitions: " << seen.acquisitions.value_or(0)
            << ", releases: " << seen.releases.value_or(0) << '\n';
  if (seen.acquisition_duration) {
    std::cout << "95 % of them waited less than " << seen.acquisition_duration->quantile(0.95) << " s\n";
  }
  pool.drain(std::chrono::seconds(5));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc > 1 ? argv[1] : "orders.db");
  } catch (const std::exception& e) {
    std::cerr << "embed: " << e.what() << '\n';
    return 1;
  }
}
