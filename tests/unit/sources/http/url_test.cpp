#include "sources/http/url.hpp"

#include <doctest/doctest.h>

#include "dbpool/model/error.hpp"
#include "support/text/awkward_passwords.hpp"

using namespace dbpool;

TEST_CASE("a URL is taken apart, with the port that its scheme has") {
  const HttpUrl url = read_http_url("http://db.example:8000/connections/pools/stats");
  CHECK(url.scheme == "http");
  CHECK(url.host == "db.example");
  CHECK(url.port == "8000");
  CHECK(url.shown == "http://db.example:8000/connections/pools/stats");
  CHECK(read_http_url("https://db.example").port == "443");
  CHECK(read_http_url("http://[::1]:80/").host == "[::1]");
}

TEST_CASE("credentials and queries are never shown") {
  const HttpUrl url = read_http_url("https://bob:hunt%40er2@db.example/stats?token=hunter2#top");
  CHECK(url.username == "bob");
  CHECK(url.password == "hunt@er2");
  CHECK(url.shown == "https://db.example/stats?***");
  CHECK(url.url == "https://db.example/stats?token=hunter2");
}

TEST_CASE("what is no URL over HTTP is refused without being quoted") {
  for (const char* text :
       {"", "hunter2", "ftp://hunter2/", "file:///etc/passwd", "http://", "http://hunter2:99999/",
        "http://hunter2 /", "http://h\xC3\xA4user/", "http://a/\nhunter2", "gopher://hunter2/"}) {
    CAPTURE(text);
    const std::string problem = http_url_problem(text);
    CHECK(problem != "");
    CHECK(problem.find("hunter2") == std::string::npos);
    CHECK_THROWS_AS(read_http_url(text), Error);
  }
  CHECK(http_url_problem("http://localhost:8080/a?b=c") == "");
}

TEST_CASE("a URL whose password strays is refused by name of the fault") {
  CHECK(http_url_problem("http://bob:Winter@2026xyz@h/x").find("write %40, %2F") != std::string::npos);
  CHECK(http_url_problem("http://bob:4711/Winter@h/x").find("write %40, %2F") != std::string::npos);
}

TEST_CASE("blanks at the ends of a URL are none of it") {
  CHECK(read_http_url("\xEF\xBB\xBF http://h:80/x \r\n") == read_http_url("http://h:80/x"));
}

TEST_CASE("a password in an HTTP URL is read wholly or refused, and no piece of it is shown") {
  for (const std::string& password : awkward_passwords()) {
    for (const char* place : {"127.0.0.1:5999/x", "db.example", "[::1]:80/stats?a=b"}) {
      const std::string url = "http://bob:" + password + "@" + place;
      CAPTURE(url);
      CHECK_FALSE(shows_piece(http_url_problem(url)));
      try {
        const HttpUrl read = read_http_url(url);
        CHECK(is_wholly(password, read.password));
        CHECK_FALSE(shows_piece(read.shown + read.host + read.port + read.url));
      } catch (const Error& error) {
        CHECK_FALSE(shows_piece(error.what()));
      }
    }
  }
}

TEST_CASE("a reference leads to another document of the same server, with the same credentials") {
  const HttpUrl base = read_http_url("http://bob:secret@app:8080/actuator/metrics/");
  const HttpUrl other = resolve_http_url(base, "hikaricp.connections.active?tag=pool:main");
  CHECK(other.url == "http://app:8080/actuator/metrics/hikaricp.connections.active?tag=pool:main");
  CHECK(other.password == "secret");
  CHECK(resolve_http_url(base, "").url == base.url);
  CHECK(resolve_http_url(base, "../health").url == "http://app:8080/actuator/health");
  for (const char* away :
       {"http://evil:8080/", "//evil/", "http://app:81/", "https://app:8080/", "http://eve@app:8080/"}) {
    CAPTURE(away);
    CHECK_THROWS_AS(resolve_http_url(base, away), Error);
  }
}

TEST_CASE("a URL at another server keeps its scheme, login, path and query") {
  CHECK(http_url_at("https://bob:s%40cret@target/a/b?c=d", "db-1.svc", "8443") ==
        "https://bob:s%40cret@db-1.svc:8443/a/b?c=d");
  CHECK(http_url_at(" http://target/metrics ", "10.1.2.3", "80") == "http://10.1.2.3:80/metrics");
  CHECK(http_url_at("http://target/", "fd00::1", "8080") == "http://[fd00::1]:8080/");
}
