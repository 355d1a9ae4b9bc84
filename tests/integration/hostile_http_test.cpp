#include <doctest/doctest.h>

#include <set>

#include "support/eventually.hpp"
#include "support/http/raw_client.hpp"
#include "support/servers/exporter_process.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

using Statuses = std::set<int>;
constexpr int closed = 0;  ///< closed without an answer

struct Case {
  std::string request;
  Statuses accepted;
};

/// Returns an exporter with every feature on that a client could misuse.
ExporterProcess exporter_at_risk() {
  return ExporterProcess({.flags = {"--web.enable-lifecycle", "--web.enable-admin-api"}});
}

/// Sends each request. Checks that the answer or the close comes in time and that the next scrape works.
void check(const ExporterProcess& exporter, const std::vector<Case>& cases) {
  for (const auto& [request, accepted] : cases) {
    CAPTURE(request.substr(0, 200));
    const auto began = std::chrono::steady_clock::now();
    const std::string answer = test::exchange(exporter.port(), request);
    CHECK(std::chrono::steady_clock::now() - began < stretched(4s));
    CAPTURE(answer.substr(0, 200));
    CHECK(accepted.contains(test::status_of(answer)));
    CHECK(exporter.get("/metrics").status == 200);
  }
}

std::string line(const std::string& first_line) {
  return first_line + "\r\nHost: a\r\n\r\n";
}

std::string get(const std::string& target) {
  return line("GET " + target + " HTTP/1.1");
}

std::string with(const std::string& headers, const std::string& body = "") {
  return "POST /-/reload HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n\r\n" + body;
}

std::string many(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

const std::string nul(1, '\0');

const std::vector<Case> first_lines{
    {"", {closed}},
    {"\r\n\r\n", {400}},
    {"\n", {400}},
    {many(9000, nul), {400, closed}},
    {many(9000, "\xff"), {400, closed}},
    {many(200'000, "A"), {400, 414, closed}},
    {"GET /metr", {400, 408}},
    {"GET\r\n\r\n", {400}},
    {"GET /metrics\r\n\r\n", {400}},
    {"GET  HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
    {line("GET\t/metrics\tHTTP/1.1"), {400}},
    {line("GET /metrics x HTTP/1.1"), {400}},
    {line("GET /metrics" + nul + " HTTP/1.1"), {400}},
    {line("GET /met\x01rics HTTP/1.1"), {400}},
    {line("GET /metrics HTTP/1.1 "), {400}},
    {line("GET /metrics http/1.1"), {400}},
    {line("GET /metrics HTTP/2.0"), {505}},
    {line("GET /metrics HTTP/3"), {505}},
    {line("GET /metrics HTTP/1.10"), {505}},
    {line("GET /metrics HTTP/99999999999999999999.1"), {505}},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}},
    {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), {400}},
    {std::string("\0\0\0\x08\x04\xd2\x16\x2f", 8), {400}},
    {"EHLO mail.example\r\n\r\n", {400}},
    {"*1\r\n$4\r\nPING\r\n\r\n", {400}},
    {"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + get("/metrics"), {400}},
    {line("FOO /metrics HTTP/1.1"), {405}},
    {line("get /metrics HTTP/1.1"), {405}},
    {line("TRACE /metrics HTTP/1.1"), {405}},
    {line("CONNECT db:5432 HTTP/1.1"), {400, 405}},
    {line("PROPFIND / HTTP/1.1"), {405}},
    {line("DELETE /connections/pools/close/default HTTP/1.1"), {405}},
    {line("OPTIONS * HTTP/1.1"), {400}},
};

const std::vector<Case> targets{
    {get("metrics"), {400}},
    {get("http://127.0.0.1/metrics"), {400}},
    {get("https://user:word@elsewhere/metrics"), {400}},
    {get("//metrics"), {404}},
    {get("/metricsX"), {404}},
    {get("/metrics/"), {404}},
    {get("/metrics;a=b"), {404}},
    {get("/%6detrics"), {404}},
    {get("/metrics%00"), {404}},
    {get("/metrics%0d%0aX-Injected: y"), {400}},
    {get("/../../../../etc/passwd"), {404}},
    {get("/%2e%2e/%2e%2e/etc/passwd"), {404}},
    {get("/..\\..\\etc\\passwd"), {400, 404}},
    {get("/\xff\xfe"), {400, 404}},
    {get("/" + many(8300, "a")), {400, 414}},
    {get("/metrics?" + many(8300, "a")), {400, 414}},
    {get("/connections/pools/stats/%zz"), {400}},
    {get("/connections/pools/stats/%"), {400}},
    {get("/connections/pools/stats/%00"), {404}},
    {get("/connections/pools/stats/" + many(2500, "%ff")), {404}},
    {get("/connections/pools/history/default?hours=1e999"), {400}},
    {get("/connections/pools/history/default?hours=nan"), {400}},
    {get("/health?pool=" + many(1000, "%3Cscript%3E")), {400, 404}},
};

const std::vector<Case> headers{
    {"GET /metrics HTTP/1.1\r\n\r\n", {400}},
    {"GET /metrics HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", {400}},
    {"GET /metrics HTTP/1.1\r\nHost: ${jndi:ldap://a}\r\n\r\n", {400}},
    {"GET /metrics HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", {400}},
    {with("no colon"), {400}},
    {with("X: a" + nul + "b"), {400}},
    {with("X: a\x01\x02"), {400}},
    {with("X: " + many(9000, "a")), {400, 431}},
    {with(many(99, "X: y\r\n") + "X: y"), {400, 431}},
    {with(many(20'000, "X: y\r\n") + "X: y"), {400, 431}},
    {with("Content-Length: 5", "hello"), {413}},
    {with("Content-Length: 99999999999999999999999", "x"), {400, 413}},
    {with("Content-Length: -1"), {400}},
    {with("Content-Length: 0x5", "hello"), {400, 413}},
    {with("Content-Length: 0, 5", "hello"), {400, 413}},
    {with("Content-Length: 0\r\nContent-Length: 5", "hello"), {400}},
    {with("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), {400}},
    {with("Transfer-Encoding: chunked", "ffffffffffffffff\r\n"), {413}},
    {with("Transfer-Encoding: chunked, identity", "0\r\n\r\n"), {400, 413}},
    {with("Transfer-Encoding : chunked", "0\r\n\r\n"), {400, 413}},
    {with("Expect: 100-continue\r\nContent-Length: 5"), {413, 417}},
    {with("Origin: http://elsewhere"), {403}},
    {with("Origin: null"), {403}},
    {"POST /connections/pools/close-all HTTP/1.1\r\nHost: a\r\nOrigin: http://elsewhere\r\n\r\n", {403}},
    {"GET /metrics HTTP/1.1\r\nHost: a\r\nAccept-Encoding: " + many(1500, "gzip,") + "\r\n\r\n", {200}},
    {"GET /metrics HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", {200}},
    {"GET /metrics HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0,5-,-1\r\n\r\n", {200}},
    {many(2, get("/-/healthy")), {200}},
};

}  // namespace

TEST_CASE("a hostile first line gets a bounded answer or the end, and scrapes go on") {
  check(exporter_at_risk(), first_lines);
}

TEST_CASE("a hostile target reaches nothing, and scrapes go on") {
  check(exporter_at_risk(), targets);
}

TEST_CASE("hostile headers and bodies are refused, change nothing, and scrapes go on") {
  const ExporterProcess exporter = exporter_at_risk();
  check(exporter, headers);
  CHECK(exporter.log("configuration reloaded").empty());
  CHECK(exporter.metric("dbpool_connections_closed_total", {{"reason", "closed"}}) == 0);
}

TEST_CASE("of several requests sent at once, one is answered") {
  const ExporterProcess exporter;
  const std::string answer = test::exchange(exporter.port(), many(3, get("/-/healthy")));
  CHECK(answer.find("HTTP/1.1 200") == 0);
  CHECK(answer.find("HTTP/1.1", 1) == std::string::npos);
  CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
}
