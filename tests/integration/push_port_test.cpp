#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <memory>
#include <set>

#include "support/eventually.hpp"
#include "support/http/gzipped.hpp"
#include "support/http/raw_client.hpp"
#include "support/http/scrape_pace.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/slow_clients.hpp"
#include "sync/descriptor.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

using Statuses = std::set<int>;
constexpr int closed = 0;  ///< closed without an answer
constexpr std::size_t mebibyte = std::size_t{1} << 20U;

std::string config_for(std::uint16_t port, int limit = 500) {
  return fmt::format("sources:\n  - {{name: otel, type: otlp, listen: '127.0.0.1:{}', limit: {}}}\n", port,
                     limit);
}

std::string post(const std::string& headers, const std::string& body = "") {
  return "POST /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + headers + "\r\n" +
         body;
}

std::string with_length(const std::string& body, const std::string& headers = "") {
  return post(headers + "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

std::string in_chunks(const std::string& chunks) {
  return post("Transfer-Encoding: chunked\r\n", chunks);
}

/// An exporter with a port for pushes.
struct PushPort {
  explicit PushPort(std::vector<std::string> launcher = {})
      : exporter({.config = config_for(port), .launcher = std::move(launcher)}) {
    REQUIRE(eventually([&] { return exporter.metric("dbpool_up", {{"source", "otel"}}) == 1; }, 5s));
  }

  /// Pushes nothing, as an honest sender would. Returns the answer and the time that it took.
  HttpAnswer push(std::chrono::seconds patience = 5s, const std::string& body = "{}") const {
    return http_exchange(port, "POST", "/v1/metrics", {.json = body, .patience = patience});
  }
  /// Returns the most memory that was resident at once, in bytes.
  std::size_t peak_memory() {
    const std::string status = read_whole(fmt::format("/proc/{}/status", exporter.process().pid()));
    return std::stoul(status.substr(status.find("VmHWM:") + std::string_view("VmHWM:").size())) << 10U;
  }
  double rejected(const std::string& reason) const {
    return exporter.scrape().at("dbpool_source_events_rejected_total",
                                {{"source", "otel"}, {"reason", reason}});
  }

  const std::uint16_t port = free_port();
  ExporterProcess exporter;
};

struct PushCase {
  std::string request;
  Statuses accepted;
};

/// Sends each request. Checks that the answer or the close comes in time and that an honest push and a scrape
/// work after it.
void check(const std::vector<PushCase>& cases) {
  const PushPort scene;
  for (const auto& [request, accepted] : cases) {
    CAPTURE(request.substr(0, 200));
    const auto began = std::chrono::steady_clock::now();
    const std::string answer = test::exchange(scene.port, request);
    CHECK(std::chrono::steady_clock::now() - began < stretched(5s));
    CAPTURE(answer.substr(0, 200));
    CHECK(accepted.contains(test::status_of(answer)));
    CHECK(scene.push().status == 200);
    CHECK(scene.exporter.get("/metrics").status == 200);
  }
}

}  // namespace

TEST_CASE("what no sender would send to the port gets a bounded answer or the end, and pushes go on") {
  check({{"", {closed}},
         {"\r\n\r\n", {400}},
         {std::string(9000, '\0'), {400}},
         {std::string(200'000, 'A'), {431}},
         {"POST /v1/metr", {400}},
         {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), {400}},
         {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}},
         {"POST /v1/metrics HTTP/1.1\r\n\r\n", {400}},
         {"GET /v1/metrics HTTP/1.1\r\nHost: a\r\n\r\n", {405}},
         {"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", {404}},
         {"POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", {404}},
         {"OPTIONS /v1/metrics HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\n\r\n", {405}},
         {with_length("{}", "Origin: http://elsewhere\r\n"), {403}},
         {post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), {400}},
         {post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), {400}},
         {post("Content-Length: -1\r\n"), {400}},
         {post("Content-Length: 99999999999999999999999\r\n", "x"), {413}},
         {post("Transfer-Encoding: gzip\r\n", "x"), {400}},
         {post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), {400}}});
}

TEST_CASE("bodies that are broken, huge or mistyped have their statuses, and pushes go on") {
  const std::string deep = R"({"resourceMetrics":)" + std::string(100'000, '[');
  check({{with_length("{"), {400}},
         {with_length(deep), {400}},
         {with_length("7"), {400}},
         {with_length("{}", "Content-Encoding: gzip\r\n"), {400}},
         {with_length(unfinished_gzip("{}"), "Content-Encoding: gzip\r\n"), {400}},
         {with_length(gzipped("{}") + "x", "Content-Encoding: gzip\r\n"), {400}},
         {with_length(gzipped("{") + gzipped("}"), "Content-Encoding: gzip\r\n"), {200}},
         {with_length(gzipped(std::string(17 * mebibyte, ' ')), "Content-Encoding: gzip\r\n"), {413}},
         {with_length("{}", "Content-Encoding: br\r\n"), {415}},
         {"POST /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
          {415}},
         {with_length(std::string(17 * mebibyte, ' ')), {413}},
         {in_chunks("ffffffffffffffff\r\n"), {413}},
         {in_chunks("10000000000000000\r\n"), {400}},
         {in_chunks("-1\r\n"), {400}},
         {in_chunks("2\r\n{}XX"), {400}},
         {in_chunks("2;x=" + std::string(5000, 'y') + "\r\n{}\r\n0\r\n\r\n"), {400}},
         {in_chunks("2;x=y\r\n{}\r\n0\r\nTrailer: a\r\n\r\n"), {200}}});
}

TEST_CASE("forty slow clients of the port make neither a push nor a scrape slow") {
  const PushPort scene;
  const SlowClients slow(scene.port, 40, {Slowness::silent, Slowness::drips_head, Slowness::drips_push});
  REQUIRE(eventually([&] { return slow.hung_up() > 0; }, 10s));
  for (int i = 0; i < 50; ++i) {
    const HttpAnswer answer = scene.push();
    CHECK(answer.status == 200);
    CHECK(answer.took < stretched(1s));
  }
  check_that_scrapes_are_fast(scene.exporter);
}

TEST_CASE("among two hundred slow clients of the port every push is answered") {
  const PushPort scene;
  const SlowClients slow(scene.port, 200, {Slowness::silent, Slowness::drips_head, Slowness::drips_push});
  REQUIRE(eventually([&] { return slow.hung_up() > 200; }, 10s));
  const std::string large = "{" + std::string(mebibyte, ' ') + "}";
  for (int i = 0; i < 20; ++i) {
    const HttpAnswer answer = scene.push(5s, i % 2 == 0 ? "{}" : large);
    CHECK(answer.status == 200);
    CHECK(answer.took < stretched(2s));
  }
  CHECK(scene.exporter.get("/metrics").status == 200);
}

TEST_CASE("with few descriptors left, slow clients of the port leave some to scrapes and pushes") {
  const PushPort scene({"prlimit", "--nofile=64:64"});
  const SlowClients slow(scene.port, 60, {Slowness::silent, Slowness::drips_head});
  REQUIRE(eventually([&] { return slow.hung_up() > 60; }, 20s));
  // Sixty clients come back at once for eight places, so a client may have to come back too.
  for (int i = 0; i < 5; ++i) CHECK(eventually([&] { return scene.push().status == 200; }, 5s));
  CHECK(scene.exporter.scrape().at("process_open_fds") <= 64);
}

TEST_CASE("bodies that inflate without end take no more memory than the largest allowed one") {
  PushPort scene;
  const std::string bomb =
      with_length(gzipped(std::string(200 * mebibyte, '\0')), "Content-Encoding: gzip\r\n");
#ifdef DBPOOL_SANITIZED
  constexpr std::size_t allowed = 512 * mebibyte;  // AddressSanitizer keeps what was freed, up to 256 MiB
#else
  constexpr std::size_t allowed = 64 * mebibyte;
#endif
  const std::size_t before = scene.peak_memory();
  for (int i = 0; i < 20; ++i) CHECK(test::status_of(test::exchange(scene.port, bomb)) == 413);
  CHECK(scene.rejected("too_large") == 20);
  CHECK(scene.peak_memory() < before + allowed);
}

TEST_CASE("a reload that changes the source opens the same port again, without a failure in the log") {
  PushPort scene;
  const test::RawClient idle(scene.port);
  const auto config = [&](int limit) {
    scene.exporter.configure(config_for(scene.port, limit));
    const auto reloads = scene.exporter.log("configuration reloaded").size();
    scene.exporter.process().signal(SIGHUP);
    REQUIRE(eventually([&] { return scene.exporter.log("configuration reloaded").size() > reloads; }, 5s));
  };
  CHECK(scene.push(5s, "{").status == 400);
  REQUIRE(scene.rejected("malformed") == 1);
  config(400);
  REQUIRE(eventually([&] { return scene.push(1s).status == 200 && scene.rejected("malformed") == 0; }, 5s));
  CHECK(idle.receive().empty());
  CHECK(scene.exporter.log("source cannot be read").empty());
  config(400);
  CHECK(scene.push().status == 200);
}

TEST_CASE("a port that another process has is an error that names it, and opens when it is free") {
  std::uint16_t port = 0;
  auto taken = std::make_unique<const Descriptor>(bound_socket(port));
  REQUIRE(::listen(taken->get(), 1) == 0);
  const ExporterProcess exporter({.config = config_for(port)});
  const auto up = [&] { return exporter.metric("dbpool_up", {{"source", "otel"}}); };
  REQUIRE(eventually([&] { return !exporter.log("source cannot be read").empty(); }, 10s));
  CHECK(exporter.log("source cannot be read")[0].at("error") ==
        fmt::format("listen on 127.0.0.1:{}: address already in use; is a collector running there?", port));
  CHECK(up() == 0);
  taken.reset();
  CHECK(eventually([&] { return up() == 1; }, 20s));
}

TEST_CASE("the web server takes pushes as long as a source wants them there") {
  const std::string config = "sources: [{name: otel, type: otlp, listen: web}]\n";
  ExporterProcess exporter({.config = config});
  const auto push = [&](const std::string& headers = "") {
    return http_exchange(exporter.port(), "POST", "/v1/metrics", {.json = "{}", .headers = headers});
  };
  REQUIRE(eventually([&] { return push().status == 200; }, 5s));
  CHECK(push().body == "{}");
  CHECK(push("Origin: http://a\r\n").status == 403);
  CHECK(http_exchange(exporter.port(), "POST", "/v1/logs", {.json = "{}"}).status == 404);
  CHECK(exporter.get("/").status == 200);
  CHECK(exporter.get("/v1/metrics").status == 405);
  CHECK(exporter.metric("dbpool_up", {{"source", "otel"}}) == 1);
  exporter.configure("pools: [{name: other, dsn: ':memory:'}]\n");
  exporter.process().signal(SIGHUP);
  CHECK(eventually([&] { return exporter.get("/v1/metrics").status == 404; }, 5s));
  CHECK(push().status == 413);
}

TEST_CASE("a port that others reach takes pushes with a login alone") {
  const std::uint16_t port = free_port();
  const std::string hash = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
  const ExporterProcess exporter(
      {.config =
           fmt::format("sources:\n  - {{name: otel, type: otlp, listen: '0.0.0.0:{}', allow_remote: true,\n"
                       "     basic_auth_users: {{ann: '${{HASH}}'}}}}\n",
                       port),
       .environment = {{"HASH", hash}}});
  const auto push = [&](const std::string& headers) {
    return http_exchange(port, "POST", "/v1/metrics", {.json = "{}", .headers = headers});
  };
  REQUIRE(eventually([&] { return push("Authorization: Basic YW5uOnNlY3JldA==\r\n").status == 200; }, 5s));
  CHECK(push("Authorization: Basic YW5uOndyb25n\r\n").status == 401);
  CHECK(push("").header("www-authenticate") == "Basic realm=\"dbpool_exporter\"");
}
