#include <doctest/doctest.h>
#include <libpq-fe.h>

#include <functional>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <stdexcept>
#include <string>
#include <tuple>

#include "dbpool/drivers/postgres.hpp"
#include "dbpool/drivers/pqxx.hpp"
#include "dbpool/drivers/sqlite.hpp"
#include "dbpool/pool/pool.hpp"
#include "ended_sessions.hpp"
#include "support/servers/pgbouncer_server.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

PostgresServer& server() {
  static PostgresServer one;
  return one;
}

/// A pool of one connection, so that each lease is of the same one.
Pool pool_of_one(const std::shared_ptr<Driver>& driver) {
  PoolOptions options;
  options.min_size = options.max_size = 1;
  options.acquire_timeout = 10s;
  return {options, driver, Runtime::start(2)};
}
Pool pool_of_one() {
  return pool_of_one(postgres_driver(DsnSource(Dsn(server().dsn() + " application_name=typed"))));
}

std::string value(Lease& lease, const std::string& sql) {
  return lease.execute(sql).rows.at(0).at(0).value_or("NULL");
}
std::string backend(Lease& lease) {
  return value(lease, "SELECT pg_backend_pid()");
}

/// Returns the kind of the error that `act` throws; nullopt if it throws none.
std::optional<ErrorKind> kind_of_error(const std::function<void()>& act) {
  try {
    act();
  } catch (const pqxx::failure& error) {
    return error_kind(error);
  }
  return std::nullopt;
}

void close_by_pqxx(auto& connection) {
  if constexpr (requires { connection.disconnect(); }) {
    connection.disconnect();
  } else {
    connection.close();
  }
}

}  // namespace

TEST_CASE("rows have the types that the caller names") {
  Pool pool = pool_of_one();
  Lease lease = pool.acquire();
  PqxxLease lent(lease);
  pqxx::work work(lent.connection());
  const pqxx::result rows = work.exec("SELECT 7, 2.5::float8, 'tea', NULL::int, true");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0][0].as<int>() == 7);
  CHECK(rows[0][1].as<double>() == 2.5);
  CHECK(rows[0][2].as<std::string>() == "tea");
  CHECK(rows[0][3].is_null());
  CHECK(rows[0][4].as<bool>());
}

TEST_CASE("a commit stays, an exception rolls back, and the lease works on over the same session") {
  Pool pool = pool_of_one();
  Lease lease = pool.acquire();
  const std::string session = backend(lease);
  lease.execute("CREATE TABLE orders(id int PRIMARY KEY)");
  {
    PqxxLease lent(lease);
    {
      pqxx::work work(lent.connection());
      work.exec("INSERT INTO orders VALUES (1)");
      work.commit();
    }
    try {
      pqxx::work work(lent.connection());
      work.exec("INSERT INTO orders VALUES (2)");
      throw std::runtime_error("the caller gives up");
    } catch (const std::runtime_error&) {
      CHECK(server().query("SELECT count(*) FROM orders") == "1");
    }
  }
  CHECK(value(lease, "SELECT count(*) FROM orders") == "1");
  lease.release();
  Lease next = pool.acquire();
  CHECK(backend(next) == session);
  CHECK(value(next, "SELECT length('" + std::string(8'000'000, 'x') + "')") == "8000000");
}

TEST_CASE("errors have the kinds that the pool's own statements report") {
  Pool pool = pool_of_one();
  Lease lease = pool.acquire();
  PqxxLease lent(lease);
  const auto kind_of = [&](const std::string& sql) {
    return kind_of_error([&] { pqxx::work(lent.connection()).exec(sql); });
  };
  CHECK(kind_of("SELECT 1") == std::nullopt);
  CHECK(kind_of("SELECT no_such_column") == ErrorKind::query);
  CHECK(kind_of("SET LOCAL statement_timeout = 1; SELECT pg_sleep(60)") == ErrorKind::timeout);
  CHECK(kind_of("SELECT 1") == std::nullopt);
}

TEST_CASE("a transaction that is open at the return is rolled back and its connection replaced") {
  Pool pool = pool_of_one();
  std::string session;
  {
    Lease lease = pool.acquire();
    session = backend(lease);
    lease.execute("CREATE TABLE left_open(id int)");
    PqxxLease lent(lease);
    pqxx::nontransaction work(lent.connection());
    work.exec("BEGIN");
    work.exec("INSERT INTO left_open VALUES (1)");
  }
  Lease next = pool.acquire();
  CHECK(backend(next) != session);
  CHECK(value(next, "SELECT count(*) FROM left_open") == "0");
}

TEST_CASE("a session that the server ends stays ended, and the pool replaces it") {
  Pool pool = pool_of_one();
  {
    Lease lease = pool.acquire();
    {
      PqxxLease lent(lease);
      const auto statement = [&](const std::string& sql) {
        return kind_of_error([&] { pqxx::nontransaction(lent.connection()).exec(sql); });
      };
      CHECK(statement("SELECT pg_terminate_backend(pg_backend_pid())") == ErrorKind::network);
      CHECK(statement("SELECT 1") == ErrorKind::network);
      CHECK(kind_of_error([&] { pqxx::work(lent.connection()).exec("SELECT 1"); }) == ErrorKind::network);
      CHECK(server().query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'typed'") == "0");
    }
    CHECK(lease.connection().is_broken());
  }
  Lease next = pool.acquire();
  CHECK(value(next, "SELECT 1") == "1");
}

TEST_CASE("a session that ends before or inside a transaction is an error of the network") {
  for (const bool begun : {false, true}) {
    CAPTURE(begun);
    Pool pool = pool_of_one();
    Lease lease = pool.acquire();
    {
      PqxxLease lent(lease);
      CHECK(kind_of_error([&] {
              if (!begun) end_sessions(server());
              pqxx::work work(lent.connection());
              work.exec("SELECT 1");
              if (begun) end_sessions(server());
              work.exec("SELECT 2");
            }) == ErrorKind::network);
    }
    CHECK(lease.connection().is_broken());
  }
}

TEST_CASE("statements prepared for a loan are gone after it") {
  Pool pool = pool_of_one();
  Lease lease = pool.acquire();
  for (int loan = 1; loan <= 2; ++loan) {
    PqxxLease lent(lease);
    lent.prepare("twice", "SELECT 2 * $1::int + " + std::to_string(loan));
    pqxx::work work(lent.connection());
    CHECK(work.exec_prepared("twice", 20)[0][0].as<int>() == 40 + loan);
  }
  CHECK(value(lease, "SELECT count(*) FROM pg_prepared_statements") == "0");
}

TEST_CASE("a copy that is larger than the socket's buffer arrives whole") {
  Pool pool = pool_of_one();
  Lease lease = pool.acquire();
  lease.execute("CREATE TEMP TABLE lines(id int, text text)");
  {
    PqxxLease lent(lease);
    pqxx::work work(lent.connection());
    pqxx::stream_to stream(work, "lines");
    const std::string text(1'000'000, 'x');
    for (int i = 0; i < 8; ++i) stream << std::make_tuple(i, text);
    stream.complete();
    work.commit();
  }
  CHECK(value(lease, "SELECT sum(length(text)) FROM lines") == "8000000");
}

TEST_CASE("what libpqxx sets on the handle ends with the loan") {
  Pool pool = pool_of_one();
  Lease lease = pool.acquire();
  struct Witness : pqxx::errorhandler {
    using errorhandler::errorhandler;
    bool operator()(const char[]) noexcept override { return true; }
  };
  const std::string notice = "DO $$ BEGIN RAISE NOTICE 'noticed'; END $$";
  const auto* const handle = static_cast<PGconn*>(lease.connection().native_handle());
  CHECK(PQisnonblocking(handle) == 1);
  {
    PqxxLease lent(lease);
    CHECK(PQisnonblocking(handle) == 0);
    const Witness witness(lent.connection());
    pqxx::nontransaction(lent.connection()).exec(notice);
  }
  CHECK(PQisnonblocking(handle) == 1);
  lease.execute(notice);  // AddressSanitizer reports a call of libpqxx's handler
  CHECK(value(lease, "SELECT 1") == "1");
}

TEST_CASE("a connection that the caller closes is closed once, and the pool opens another") {
  Pool pool = pool_of_one();
  {
    Lease lease = pool.acquire();
    PqxxLease lent(lease);
    close_by_pqxx(lent.connection());
  }
  Lease next = pool.acquire();
  CHECK(value(next, "SELECT 1") == "1");
}

TEST_CASE("a statement over the lease during a loan fails and does no harm") {
  Pool pool = pool_of_one();
  Lease lease = pool.acquire();
  {
    PqxxLease lent(lease);
    CHECK_THROWS_AS(lease.execute("SELECT 1"), DriverError);
    CHECK(pqxx::work(lent.connection()).exec("SELECT 1")[0][0].as<int>() == 1);
  }
  lease.release();
  Lease next = pool.acquire();
  CHECK(value(next, "SELECT 1") == "1");
}

TEST_CASE("only a connection of the postgres driver that is outside a transaction is lent") {
  Pool pool = pool_of_one();
  Lease lease = pool.acquire();
  lease.execute("BEGIN");
  CHECK_THROWS_AS(PqxxLease{lease}, DriverError);
  lease.execute("ROLLBACK");
  CHECK_NOTHROW(PqxxLease{lease});

  Pool other = pool_of_one(sqlite_driver(":memory:"));
  Lease stranger = other.acquire();
  CHECK_THROWS_AS(PqxxLease{stranger}, std::invalid_argument);
  CHECK(value(stranger, "SELECT 1") == "1");
}

#if PQXX_VERSION_MAJOR < 7
TEST_CASE("a lease whose server libpqxx refuses works on") {
  const PgBouncerServer bouncer({.databases = ""});
  PoolOptions options;
  options.min_size = options.max_size = 1;
  options.validation_query = "SHOW VERSION";
  Pool pool(options, postgres_driver(DsnSource(Dsn(bouncer.console()))), Runtime::start(2));
  Lease lease = pool.acquire();
  CHECK_THROWS_AS(PqxxLease{lease}, pqxx::feature_not_supported);
  CHECK_FALSE(lease.connection().is_broken());
  CHECK_FALSE(lease.execute("SHOW VERSION").rows.empty());
}
#endif
