#include "daemon/server_of.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

namespace {

std::string of_pool(const std::string& driver, const std::string& dsn) {
  PoolConfig pool;
  pool.driver = driver;
  pool.dsn = DsnSource(Dsn(dsn));
  return server_of(pool);
}

std::string of_source(SourceOptions options) {
  return server_of(SourceConfig{.probe = {}, .options = std::move(options)});
}

template <typename Options>
std::string of_url(const std::string& url) {
  Options options;
  options.http.url = url;
  return of_source(options);
}

}  // namespace

TEST_CASE("the server of a pool is the host and port, or the path, of its DSN, without credentials") {
  CHECK(of_pool("postgres", "host=db1 port=5433 user=u password=secret") == "db1:5433");
  CHECK(of_pool("postgres", "postgresql://u:secret@db1/app") == "db1:5432");
  CHECK(of_pool("postgres", "host=db1,db2 port=5432,5433") == "db1:5432,db2:5433");
  CHECK(of_pool("postgres", "hostaddr=10.0.0.1") == "10.0.0.1:5432");
  CHECK(of_pool("postgres", "host=/run/postgresql") == "/run/postgresql:5432");
  CHECK(of_pool("postgres", "host='") == "");
  CHECK(of_pool("sqlite", "/var/lib/app.db") == "/var/lib/app.db");
  CHECK(of_pool("sqlite", "file:/var/lib/app.db?mode=ro&key=secret") == "/var/lib/app.db");
  CHECK(of_pool("odbc", "Driver={PostgreSQL};Server=db1;Port=5433;Database=app;PWD=secret") == "db1:5433");
  CHECK(server_of(PoolConfig()) == "");
}

TEST_CASE("the server of a source is where it reads or listens, without credentials") {
  PgBouncerOptions pooler;
  pooler.dsn = DsnSource(Dsn("host=pgb port=6432 dbname=pgbouncer user=stats password=secret"));
  CHECK(of_source(pooler) == "pgb:6432");
  CHECK(of_url<HttpJsonOptions>("http://u:secret@app:8000/stats?key=secret") == "app:8000");
  CHECK(of_url<PrometheusOptions>("https://app/metrics") == "app:443");
  CHECK(of_source(OtlpOptions()) == "127.0.0.1:4318");
  OtlpOptions in_web;
  in_web.listen.reset();
  CHECK(of_source(in_web) == "web");
  PgpoolOptions unreadable;
  unreadable.dsn = DsnSource(std::filesystem::path("/nonexistent/dsn"));
  CHECK(of_source(unreadable) == "");
}
