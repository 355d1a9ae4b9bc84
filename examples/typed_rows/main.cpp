// Typed rows and transactions of libpqxx over a pool of connections to PostgreSQL. It makes a temporary
// table, writes and reads two orders, and shows that a statement of the pool itself sees them too.
#include <exception>
#include <iostream>
#include <pqxx/pqxx>
#include <string>

#include "dbpool/drivers/postgres.hpp"
#include "dbpool/drivers/pqxx.hpp"
#include "dbpool/pool/pool.hpp"

namespace {

void run(const std::string& dsn) {
  dbpool::PoolOptions options;
  options.name = "orders";
  options.min_size = 1;
  options.max_size = 4;
  dbpool::Pool pool(options, dbpool::postgres_driver(dbpool::DsnSource(dbpool::Dsn(dsn))),
                    dbpool::Runtime::start(1));

  dbpool::Lease lease = pool.acquire();
  lease.execute("CREATE TEMP TABLE orders(id int PRIMARY KEY, item text, price float8)");
  {
    dbpool::PqxxLease lent(lease);
    pqxx::work work(lent.connection());  // without commit(), its destructor rolls back
    work.exec("INSERT INTO orders VALUES (1, 'tea', 2.5), (2, 'bread', 3.25)");
    for (const auto& row : work.exec("SELECT id, item, price FROM orders ORDER BY id")) {
      const auto price = row["price"].as<double>();
      std::cout << row["id"].as<int>() << ' ' << row["item"].as<std::string>() << ' ' << price << '\n';
    }
    work.commit();
  }
  const dbpool::QueryResult counted = lease.execute("SELECT count(*) FROM orders");
  std::cout << "orders: " << counted.rows.at(0).at(0).value_or("none") << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: typed_rows DSN\n";
    return 2;
  }
  try {
    run(argv[1]);
  } catch (const std::exception& e) {
    std::cerr << "typed_rows: " << e.what() << '\n';
    return 1;
  }
}
