#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>

#include "dbpool/sync/guarded.hpp"
#include "model/contains.hpp"
#include "sources/prometheus/probe.hpp"
#include "support/eventually.hpp"
#include "support/http/gzipped.hpp"
#include "support/probed_target.hpp"
#include "support/servers/hostile_server.hpp"
#include "support/servers/scripted_http_server.hpp"
#include "support/servers/tls_server.hpp"
#include "support/text/find_pool.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

TimePoint now() {
  return std::chrono::steady_clock::now();
}

/// The series of a pool as Micrometer writes them.
std::string pool_text(const std::string& pool, int active) {
  return fmt::format(
      "# HELP hikaricp_connections_active Active connections\n"
      "# TYPE hikaricp_connections_active gauge\n"
      "hikaricp_connections_active{{application=\"shop\",pool=\"{0}\"}} {1}.0\n"
      "hikaricp_connections_idle{{application=\"shop\",pool=\"{0}\"}} 7.0\n"
      "hikaricp_connections_timeout_total{{application=\"shop\",pool=\"{0}\"}} 4.0\n",
      pool, active);
}

PrometheusOptions options_for(const std::string& url) {
  PrometheusOptions options;
  options.http.url = url;
  options.mapping.presets = {"custom"};
  options.mapping.pool = "{pool}";
  options.mapping.fields = {{"active", {{"hikaricp_connections_active"}}},
                            {"idle", {{"hikaricp_connections_idle"}}},
                            {"errors.timeout", {{"hikaricp_connections_timeout_total"}}}};
  return options;
}

struct Target : ProbedTarget {
  explicit Target(const PrometheusOptions& options, unsigned limit = 500)
      : ProbedTarget{prometheus_probe({.name = "shop", .kind = SourceKind::prometheus, .limit = limit},
                                      options, std::make_shared<NameResolver>())} {}
  explicit Target(const std::string& url) : Target(options_for(url)) {}
};

ScriptedAnswer text_answer(const std::string& body, const std::string& type = "text/plain; version=0.0.4") {
  return {"HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
          "\r\n\r\n" + body};
}

/// Returns the error of a reading from a server that gives this answer to every request.
std::string problem_with(const ScriptedAnswer& answer) {
  const ScriptedHttpServer server([&](const std::string&) { return answer; });
  return Target(server.url()).problem();
}

}  // namespace

TEST_CASE("an endpoint's pools are read again and again over one connection") {
  const ScriptedHttpServer server([](const std::string&) { return text_answer(pool_text("main", 3)); });
  const Target target(server.url("/actuator/prometheus"));
  for (int i = 0; i < 3; ++i) {
    const auto result = target.read();
    REQUIRE(result.pools.size() == 1);
    CHECK(result.pools[0].label() == "shop/main");
    CHECK(result.pools[0].active == 3U);
    CHECK(result.pools[0].idle == 7U);
    CHECK(result.pools[0].errors[index_of(ErrorKind::timeout)] == 4U);
    CHECK(result.pools[0].errors_recent == 0U);
  }
  CHECK(server.connections() == 1);
  const std::string request = server.requests().at(0);
  CHECK(request.starts_with("GET /actuator/prometheus HTTP/1.1\r\n"));
  CHECK(
      contains(request, "\r\nAccept: text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;"));
  CHECK(contains(request, "\r\nAccept-Encoding: gzip\r\n"));
}

TEST_CASE("a text is read in any transfer: compressed, in chunks, until the server hangs up") {
  const std::string text = pool_text("main", 3);
  const std::string packed = gzipped(text);
  std::string chunks = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char byte : packed) chunks += std::string("1\r\n") + byte + "\r\n";
  CHECK(problem_with({chunks + "0\r\n\r\n"}) == "");
  CHECK(problem_with(http_answer("200 OK", packed, "Content-Encoding: gzip\r\n")) == "");
  CHECK(problem_with({"HTTP/1.0 200 OK\r\n\r\n" + text, false, true}) == "");
}

TEST_CASE("the Content-Type decides the format") {
  const std::string text =
      "# TYPE hikaricp_connections_active gauge\nhikaricp_connections_active{pool=\"main\"} 3\n";
  const std::string openmetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
  CHECK(problem_with(text_answer(text + "# EOF\n", openmetrics)) == "");
  CHECK(contains(problem_with(text_answer(text, openmetrics)), "its answer was cut off: expected # EOF"));
  CHECK(problem_with(text_answer(text, "text/html")) == "");
}

TEST_CASE("an answer that is no metrics text is named for what it is") {
  const std::string question = ", not metrics: is this the right path?";
  const ScriptedHttpServer server(
      [](const std::string&) { return http_answer("401 Unauthorized", "hunter2", "X-Secret: hunter2\r\n"); });
  const Target refused("http://bob:hunter2@127.0.0.1:" + std::to_string(server.port()) + "/a?token=hunter2");
  CHECK(refused.problem() == "cannot read http://127.0.0.1:" + std::to_string(server.port()) +
                                 "/a?***: it answered 401: it does not accept these credentials");
  CHECK(contains(problem_with(http_answer("404 Not Found", "<html>")), "it answered 404"));
  CHECK(contains(problem_with(http_answer("500 Internal Server Error", pool_text("main", 3))),
                 "it answered 500"));
  CHECK(contains(problem_with(http_answer("503 Service Unavailable", pool_text("main", 3))),
                 "it answered 503"));
  CHECK(contains(problem_with(http_answer("204 No Content", "")), "which has no content" + question));
  CHECK(contains(problem_with(text_answer("<!doctype html><html>Sign in</html>\n")),
                 "it answered an HTML page" + question));
  CHECK(contains(problem_with(text_answer("{\"status\": \"UP\"}\n")), "it answered JSON" + question));
  CHECK(contains(problem_with(text_answer("")), "it answered no sample, so no metrics"));
  CHECK(contains(problem_with(text_answer("up 1\nhunter2 secret hunter2\n")), "line 2"));
  CHECK_FALSE(contains(problem_with(text_answer("up 1\nhunter2 secret hunter2\n")), "hunter2"));
}

TEST_CASE("redirects, as to a login page, are not followed") {
  const ScriptedHttpServer login([](const std::string&) { return text_answer(pool_text("main", 3)); });
  CHECK(contains(problem_with(http_answer("302 Found", "", "Location: " + login.url() + "\r\n")),
                 "it answered 302, and redirects are not followed"));
  CHECK(login.requests().empty());
}

TEST_CASE("half an answer is no reading, wherever the connection ends") {
  const std::string text = pool_text("main", 3);
  const std::string half_line = text.substr(0, text.size() - 3);
  CHECK(contains(problem_with({"HTTP/1.0 200 OK\r\n\r\n" + half_line, false, true}),
                 "its answer was cut off: line 5 has no line feed"));
  CHECK(problem_with({"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + text, false, true}) != "");
}

TEST_CASE("a compressed answer that is cut at any byte is no reading, whatever ends its transfer") {
  const std::string packed = gzipped(pool_text("main", 3));
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n";
  const std::string error = "its answer ends before its gzip stream does";
  Guarded<ScriptedAnswer> answer;
  const ScriptedHttpServer server([&](const std::string&) { return *answer.access(); });
  const Target target(server.url());
  const auto problem_of = [&](ScriptedAnswer next) {
    *answer.access() = std::move(next);
    return target.problem();
  };
  for (std::size_t size = 0; size < packed.size(); ++size) {
    CAPTURE(size);
    const std::string cut = packed.substr(0, size);
    const std::string chunk = fmt::format("{:x}\r\n{}\r\n", size, cut);
    CHECK(contains(problem_of(http_answer("200 OK", cut, "Content-Encoding: gzip\r\n")), error));
    CHECK(contains(
        problem_of({head + "Transfer-Encoding: chunked\r\n\r\n" + (size > 0 ? chunk : "") + "0\r\n\r\n"}),
        error));
    CHECK(contains(problem_of({head + "\r\n" + cut, false, true}), error));
  }
  *answer.access() = http_answer("200 OK", packed, "Content-Encoding: gzip\r\n");
  CHECK(target.read().pools.at(0).active == 3U);
}

TEST_CASE("a gzip stream without its end is no reading, though its text ends with a line") {
  const std::string gzip = "Content-Encoding: gzip\r\n";
  CHECK(contains(problem_with(http_answer("200 OK", unfinished_gzip(pool_text("main", 3)), gzip)),
                 "its answer ends before its gzip stream does"));
  const std::string half = unfinished_gzip("hikaricp_connections_active{pool=\"main\"} 1");
  CHECK(contains(problem_with(http_answer("200 OK", half, gzip)),
                 "its answer ends before its gzip stream does"));
}

TEST_CASE("a compressed answer has one whole gzip stream, in one member or several, and nothing behind it") {
  const auto problem = [](const std::string& body) {
    return problem_with(http_answer("200 OK", body, "Content-Encoding: x-gzip\r\n"));
  };
  CHECK(problem(gzipped(pool_text("a", 1)) + gzipped(pool_text("b", 2))) == "");
  CHECK(contains(problem(gzipped(pool_text("a", 1)) + pool_text("b", 2)),
                 "its answer has further bytes behind the end of its gzip stream"));
  std::string damaged = gzipped(pool_text("main", 3));
  damaged[damaged.size() - 1] ^= '\x01';
  CHECK(contains(problem(damaged), "its answer has a damaged gzip stream"));
  CHECK(contains(problem(pool_text("main", 3)),
                 "its answer is not gzip, although its Content-Encoding says so"));
}

TEST_CASE("a coding that was not asked for is named") {
  const std::string text = pool_text("main", 3);
  const std::string encoding = "its answer has a Content-Encoding that is not understood; allowed: gzip";
  for (const char* coding : {"deflate", "br", "zstd", "gzip, gzip", "hunter2"}) {
    CAPTURE(coding);
    const std::string header = std::string("Content-Encoding: ") + coding + "\r\n";
    CHECK(problem_with(http_answer("200 OK", text, header)).ends_with(encoding));
    CHECK(contains(problem_with(http_answer("404 Not Found", text, header)), "it answered 404"));
  }
  const std::string gzip = "Content-Encoding: gzip\r\n";
  CHECK(problem_with(http_answer("200 OK", gzipped(text), gzip + gzip)).ends_with(encoding));
  CHECK(problem_with(http_answer("200 OK", text, "Content-Encoding: identity\r\n")) == "");
  CHECK(contains(
      problem_with({"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n" + gzipped(text), false, true}),
      "its answer has a Transfer-Encoding that is not understood; allowed: chunked"));
}

TEST_CASE("the last line needs no line feed where the transfer has an end") {
  std::string text = pool_text("main", 3);
  text.pop_back();
  CHECK(problem_with(text_answer(text)) == "");
  CHECK(problem_with(http_answer("200 OK", gzipped(text), "Content-Encoding: gzip\r\n")) == "");
  const std::string size = fmt::format("{:x}", text.size());
  CHECK(problem_with({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + "\r\n" + text +
                      "\r\n0\r\n\r\n"}) == "");
  CHECK(problem_with({"HTTP/1.0 200 OK\r\n\r\n" + text, false, true}) != "");
}

TEST_CASE("an answer of a million series is read, and only its pools are kept") {
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) text += "http_requests_total{uri=\"" + std::to_string(i) + "\"} 1\n";
  text += pool_text("main", 3);
  const std::string packed = gzipped(text);
  const ScriptedHttpServer server(
      [&](const std::string&) { return http_answer("200 OK", packed, "Content-Encoding: gzip\r\n"); });
  const auto result = Target(server.url()).read();
  REQUIRE(result.pools.size() == 1);
  CHECK(result.pools[0].active == 3U);
}

TEST_CASE("pools beyond the limit are dropped and counted") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += pool_text("p" + std::to_string(i), i);
  const ScriptedHttpServer server([&](const std::string&) { return text_answer(text); });
  const auto result = Target(options_for(server.url()), 10).read();
  CHECK(result.pools.size() == 10);
  CHECK(result.dropped == 90U);
}

TEST_CASE("an answer that is too large ends the reading") {
  std::string text;
  const std::string line = "# " + std::string(10'000, 'x') + "\n";
  while (text.size() <= (std::size_t{64} << 20U)) text += line;
  const std::string packed = gzipped(text);
  CHECK(contains(problem_with(http_answer("200 OK", packed, "Content-Encoding: gzip\r\n")),
                 "its answer is larger than 64 MiB"));
}

TEST_CASE("metrics without a pool are an error of its own, which says what was looked for") {
  const std::string why = problem_with(text_answer("up 1\njvm_threads 20\n"));
  CHECK(contains(why, "no pool series among its samples; looked for: fields"));
}

TEST_CASE("a pool that vanishes from the answer is gone from the next reading") {
  std::atomic<int> pools = 2;
  const ScriptedHttpServer server([&](const std::string&) {
    return text_answer(pool_text("a", 1) + (pools == 2 ? pool_text("b", 2) : ""));
  });
  const Target target(server.url());
  CHECK(target.read().pools.size() == 2);
  pools = 1;
  const auto result = target.read();
  REQUIRE(result.pools.size() == 1);
  CHECK(result.pools[0].label() == "shop/a");
}

TEST_CASE("a server that trickles or is silent does not keep a reading beyond its deadline") {
  const ScriptedHttpServer trickling([](const std::string&) {
    return ScriptedAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + pool_text("main", 1), true};
  });
  const HostileServer silent(Hostility::silent);
  for (const auto port : {trickling.port(), silent.port()}) {
    const TimePoint begin = now();
    CHECK(contains(Target("http://127.0.0.1:" + std::to_string(port) + "/").problem(700ms),
                   "no complete answer in time"));
    CHECK(now() - begin < stretched(5s));
  }
}

TEST_CASE("an endpoint behind TLS that asks for a client certificate is read") {
  const TemporaryDirectory files;
  files.write("metrics", pool_text("main", 3));
  make_certificate(files, "server", "DNS:shop.example");
  make_certificate(files, "client", "DNS:exporter");
  const TlsServer server(files,
                         "-WWW -cert server.cert -key server.key -Verify 1 -CAfile client.cert "
                         "-verify_return_error");
  PrometheusOptions options = options_for(server.url("metrics"));
  options.http.ca_file = files.path() / "server.cert";
  options.http.cert_file = files.path() / "client.cert";
  options.http.key_file = files.path() / "client.key";
  options.http.server_name = "shop.example";
  const Target target(options);
  CHECK(eventually([&] { return target.problem() == ""; }, 20s));
}
