#include "model/stray_password.hpp"

#include <doctest/doctest.h>

#include "dbpool/model/dsn.hpp"

using namespace dbpool;

TEST_CASE("an @ that a password has left elsewhere is refused by name of the fault") {
  for (const char* dsn :
       {"postgresql://app:Winter@2026xyz@127.0.0.1:5999/orders",
        "postgresql://app:4711/Winter@127.0.0.1/stock", "postgres://app:/Winter@h/d",
        "postgresql://app:Winter@@h/d", "postgresql://app:4711?sslmode=x/Winter@h/d",
        "postgresql://me@corp:Winter@h/d", "postgresql://app:a@b?application_name=c@h/d",
        "postgresql://app:4711/a?user=Winter@h:1", "file:app:Winter@h/d", "file://app@h/d",
        "file:app:Win?ter@h/d", "file:postgresql://app:Winter@h/d", "http://bob:4711/Winter@h/d"}) {
    CAPTURE(dsn);
    const std::string problem = stray_password_in_dsn(dsn);
    CHECK(problem.find("an unencoded @ or / in the password? write %40, %2F") != std::string::npos);
    CHECK_THROWS_WITH_AS(DsnSource(Dsn(dsn)).read(), ("malformed DSN: " + problem).c_str(), StrayPassword);
  }
  for (const char* url : {"http://bob:Winter@2026xyz@127.0.0.1:1/x", "http://bob:4711/Winter@127.0.0.1:1/x",
                          "http://bob:4711?Winter@h/x", "http://bob:4711#Winter@h/x", "http://bob:4711?a=b@h",
                          "http:/bob:4711/Winter@h", "HTTP://bob:4711/x?y=Winter@h/x"}) {
    CAPTURE(url);
    CHECK(stray_password_in_url(url).find("write %40, %2F") != std::string::npos);
  }
}

TEST_CASE("a login where no form of a DSN has one is refused without being quoted") {
  for (const char* dsn : {"postgresql:/app:Winter@h/d", "app:Winter@h/d?sslmode=x", "//app:Winter@h/d",
                          "\"postgresql://app:Winter@h/d\"", "app:4711/Winter@h"}) {
    CAPTURE(dsn);
    CHECK(stray_password_in_dsn(dsn).starts_with("a login in what is neither a URI"));
    CHECK_THROWS_AS(DsnSource(Dsn(dsn)).read(), StrayPassword);
  }
}

TEST_CASE("a path, a URI or a URL that is written as it should be is taken") {
  for (const char* dsn :
       {"/srv/a:b/me@corp/x.db", "./a:b@c.db", "me@corp.db", ":memory:", "", "file:/srv/me@corp/x.db?mode=ro",
        "file:/srv/a:b/token=1.db", "file:x.db?key=p@ss:/word", "file:///srv/a%3Ab@c.db"}) {
    CAPTURE(dsn);
    CHECK_NOTHROW(DsnSource(Dsn(dsn)).read());
  }
  for (const char* url : {"http://bob:hunt%40er2@h/x", "http://me%40corp:x@[::1]:80/x",
                          "http://h/x?user=me@corp", "https://h:1/a%40b", "http://bob:a,b&c@h/x"}) {
    CAPTURE(url);
    CHECK(stray_password_in_url(url) == "");
  }
}
