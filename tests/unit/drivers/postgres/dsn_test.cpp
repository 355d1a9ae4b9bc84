#include "drivers/postgres/dsn.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "dbpool/drivers/postgres.hpp"
#include "dbpool/model/error.hpp"
#include "drivers/postgres/server.hpp"

using namespace dbpool;

namespace {

PostgresTarget postgres_target(const char* text) {
  return read_target(Dsn(text));
}

}  // namespace

TEST_CASE("a well-formed connection string has no problem") {
  for (const char* text : {"host=db user=bob", "postgresql://bob:secret@db:5433/app?sslmode=require", "",
                           "host=a,b port=1,2", "host=/run/postgresql", "host=a,b port=5432"}) {
    CAPTURE(text);
    CHECK(postgres_dsn_problem(Dsn(text)).empty());
  }
}

TEST_CASE("a malformed connection string is described without a piece of it") {
  const std::pair<const char*, const char*> cases[] = {
      {"hunter2", "without \"=\""},
      {"password='hunter2", "not closed"},
      {"user=bob hunter2=x", "keyword that libpq does not know"},
      {"postgresql://bob:hunter2@db/app?hunter2=1", "parameter that libpq does not know"},
      {"postgresql://bob:hunter2%zz@db/app", "percent-encoding"},
      {"host=a port=hunter2", "a port is a number from 1 to 65535"},
      {"host=a port=70000", "a port is a number from 1 to 65535"},
      {"host=a,b port=1,2,3", "one port for all hosts"},
      {"host=a,b hostaddr=127.0.0.1", "as many addresses"},
  };
  for (const auto& [text, expected] : cases) {
    const std::string problem = postgres_dsn_problem(Dsn(text));
    CAPTURE(problem);
    CHECK(problem.find(expected) != std::string::npos);
    CHECK(problem.find("hunter2") == std::string::npos);
    CHECK_THROWS_AS(postgres_target(text), DriverError);
  }
}

TEST_CASE("the lists of hosts and ports become places to try") {
  const auto places = postgres_target("host=a,127.0.0.1,/run/pg port=1,,3 user=bob").places;
  REQUIRE(places.size() == 3);
  CHECK(places[0] == PostgresPlace{"a", "", "1"});
  CHECK(places[1] == PostgresPlace{"127.0.0.1", "127.0.0.1", "5432"});
  CHECK(places[2] == PostgresPlace{"/run/pg", "", "3"});
  CHECK(places[0].needs_lookup());
  CHECK_FALSE(places[1].needs_lookup());
  CHECK_FALSE(places[2].needs_lookup());
}

TEST_CASE("a name with an address of its own is not looked up") {
  const auto places = postgres_target("host=db.example hostaddr=0::1 user=bob").places;
  REQUIRE(places.size() == 1);
  CHECK(places[0] == PostgresPlace{"db.example", "::1", "5432"});
  CHECK_FALSE(places[0].needs_lookup());
}

TEST_CASE("the database defaults to the user") {
  CHECK(postgres_target("host=db user=bob").database == "bob");
  CHECK(postgres_target("host=db user=bob dbname=app").database == "app");
}

TEST_CASE(
    "the deadline rules over connect_timeout, Kerberos is off and we have a name, unless the DSN says so") {
  const auto plain = postgres_target("host=db user=bob connect_timeout=99").options;
  CHECK(plain.count("connect_timeout") == 0);
  CHECK(plain.at("gssencmode") == "disable");
  CHECK(plain.at("fallback_application_name") == "dbpool_exporter");
  const auto explicit_ones =
      postgres_target("host=db user=bob gssencmode=prefer application_name=mine").options;
  CHECK(explicit_ones.at("gssencmode") == "prefer");
  CHECK(explicit_ones.at("application_name") == "mine");
}

TEST_CASE("texts are asked for in UTF-8, unless the DSN says otherwise") {
  ::setenv("PGCLIENTENCODING", "LATIN1", 1);
  CHECK(postgres_target("host=db user=bob").options.at("client_encoding") == "UTF8");
  CHECK(postgres_target("host=db user=bob client_encoding=WIN1252").options.at("client_encoding") ==
        "WIN1252");
  CHECK(postgres_target("postgresql://bob@db/?client_encoding=auto").options.at("client_encoding") == "auto");
  ::unsetenv("PGCLIENTENCODING");
}

TEST_CASE("what the DSN leaves open comes from libpq's environment") {
  ::setenv("PGHOST", "from.environment", 1);
  ::setenv("PGPASSWORD", "env-secret", 1);
  const PostgresTarget found = postgres_target("user=bob");
  ::unsetenv("PGHOST");
  ::unsetenv("PGPASSWORD");
  CHECK(found.places.front().host == "from.environment");
  CHECK(found.secrets == std::vector<std::string>{"env-secret"});
}

TEST_CASE("a service that no file defines is an error that does not quote the DSN") {
  CHECK_THROWS_WITH_AS(
      postgres_target("service=hunter2"),
      "cannot connect to PostgreSQL: the service that the connection string or PGSERVICE names is "
      "not in a readable service file",
      DriverError);
}

TEST_CASE("passwords are known as secrets, decoded, and hidden in a text of one line") {
  const auto secrets = postgres_target("postgresql://bob:a%20b@db/app?sslpassword=key").secrets;
  CHECK(redacted_line("no  a b,\n\tno key\n", secrets) == "no ***, no ***");
}

TEST_CASE("a target describes itself by its hosts, each named once") {
  PostgresTarget described = postgres_target("host=a,b port=1,2 user=bob dbname=app password=pw");
  CHECK(described.describe() == "\"app\" at a:1, b:2 as \"bob\"");
}

TEST_CASE("a DSN names a server by a host, an address or a port, in each of its forms") {
  for (const auto* const dsn : {"host=db user=u", "hostaddr=10.1.2.3", "port=6432", "postgresql://u@db/app",
                                "postgresql://u@:6432/app", "host=/run/postgresql"}) {
    CAPTURE(dsn);
    CHECK(names_a_server(Dsn(dsn)));
  }
  for (const auto* const dsn :
       {"user=stats dbname=pgbouncer", "postgresql://stats@/pgbouncer", "service=x", "=", ""}) {
    CAPTURE(dsn);
    CHECK_FALSE(names_a_server(Dsn(dsn)));
  }
}
