#include <signal.h>

#include <memory>

#include "browser/page.hpp"
#include "support/http/http_exchange.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/hostile_server.hpp"
#include "support/servers/postgres_server.hpp"
#include "support/servers/scripted_http_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

// In the light colour scheme.
const std::string green = "#1a7f42", red = "#c0262d", grey = "#5b6776";

}  // namespace

TEST_CASE("the page shows what the exporter knows of a pool, and of all of them") {
  const ExporterProcess exporter(
      {.config = "pools:\n" + sqlite_pool("orders") + sqlite_pool("apps/a:1", ", max_size: 4")});
  Page page(exporter.port());
  CHECK(page.shows("orders", "health", "healthy"));
  CHECK(page.shows("orders", "lifecycle", "healthy"));
  CHECK(page.shows("orders", "p95", "s"));
  CHECK(page.cell("orders", "connections").find(" / 10") != std::string::npos);
  CHECK(page.cell("apps/a:1", "connections").find(" / 4") != std::string::npos);
  CHECK(page.cell("orders", "waiting") == "0");
  CHECK(page.cell("orders", "leaks") == "0");
  CHECK(page.cell("orders", "age") == "live");
  CHECK(page.text("#overall") == "healthy");
  CHECK(page.text("#tally") == "2 healthy");
  CHECK(page.text("#down").empty());
  CHECK(page.text("#no-leaks") == "No connection is held for longer than allowed.");
  CHECK(page.cell("orders", "diagnosis").empty());
  CHECK(page.text("#in-use").find(" / 14") != std::string::npos);
  CHECK(page.text("#sources tbody .up") == "up");
  CHECK(page.text("#banner").empty());
  CHECK(page.text("title") == "2 healthy – dbpool_exporter");
  CHECK(eventually([&] { return page.count("#pools .history svg") == 2; }, 10s));
  check_that_nothing_went_wrong(page);
}

TEST_CASE("every link of the page leads somewhere") {
  const ExporterProcess exporter(
      {.config = "pools:\n" + sqlite_pool("apps/a:1"), .flags = {"--web.telemetry-path=/probe"}});
  Page page(exporter.port());
  REQUIRE(page.shows("apps/a:1", "health", "healthy"));
  const auto links = page.browser.value_of(
      "[...document.querySelectorAll('a')].filter(a => a.offsetParent).map(a => a.getAttribute('href'))");
  CHECK(links.size() >= 11);
  for (const auto& link : links) {
    CAPTURE(link);
    const auto target = link.get<std::string>();
    if (target.starts_with("#")) {
      CHECK(page.count(target) == 1);
    } else {
      REQUIRE(target.starts_with("./"));
      CHECK(exporter.get(target.substr(1)).status == 200);
    }
  }
}

TEST_CASE("an outage turns the pool red with its reason, and its end turns it green again") {
  PostgresServer server;
  const ExporterProcess exporter(
      {.config = "pools:\n" + postgres_pool("orders", server.dsn()) + sqlite_pool("cache")});
  Page page(exporter.port());
  REQUIRE(page.shows("orders", "health", "healthy"));
  const auto color = [&] {
    return page.browser.value_of("getComputedStyle(document.querySelector('#pools .status')).color");
  };
  const auto green = color();
  server.kill();
  CHECK(page.shows("orders", "health", "unhealthy"));
  CHECK(page.shows("orders", "lifecycle", "recovering"));
  CHECK(page.cell("orders", "health").find("reasons: no_connections") != std::string::npos);
  CHECK(page.cell("orders", "health").find("last error ") != std::string::npos);
  REQUIRE(page.shows("orders", "diagnosis", "database down:"));
  CHECK(page.cell("orders", "diagnosis").find("Next stepSee whether the database runs") != std::string::npos);
  CHECK(page.cell("orders", "diagnosis").find("Evidencetotal 0 (bound 1), last connect ok no") !=
        std::string::npos);
  CHECK(page.cell("orders", "diagnosis").find("Runbookalerts/runbooks/ConnectionPoolNoConnections.md") !=
        std::string::npos);
  CHECK(page.cell("cache", "health") == "healthy");
  CHECK(page.text("#pools tbody .pool a") == "orders");
  CHECK(color() == "rgb(192, 38, 45)");
  CHECK(color() != green);
  CHECK(page.text("#overall") == "unhealthy");
  CHECK(page.text("title") == "1 unhealthy, 1 healthy – dbpool_exporter");
  check_that_nothing_went_wrong(page);
  check_that_it_can_be_read(page);
  take_screenshots(page, "outage");
  server.start();
  CHECK(page.shows("orders", "lifecycle", "healthy"));
  CHECK(page.text("#overall") == "healthy");
  CHECK(page.shows("orders", "health", "healthy"));
  CHECK(page.cell("orders", "diagnosis").empty());
  // The error is over: it has its time, and is not as loud as one that lasts.
  CHECK(page.text("#sources .wide .quiet").starts_with("20"));
}

TEST_CASE("labels, file names and sites are text, whatever they hold") {
  const std::string hostile = "<img src=x onerror=document.title=1>&amp;\"";
  const TemporaryDirectory directory;
  const std::string database = (directory.path() / "<img src=x onerror=document.title=1>.db").string();
  const ExporterProcess exporter(
      {.config =
           "pools:\n" + sqlite_pool("orders", fmt::format(", labels: {{team: '{}'}}, create: true, dsn: '{}'",
                                                          hostile, database))});
  Page page(exporter.port());
  REQUIRE(page.shows("orders", "health", "healthy"));
  CHECK(page.cell("orders", "pool").find("team=" + hostile) != std::string::npos);
  CHECK(page.cell("orders", "pool").find("<img src=x onerror=document.title=1>.db") != std::string::npos);
  CHECK(page.count("img") == 0);
  CHECK(page.browser.value_of("document.title") == "1 healthy – dbpool_exporter");
  check_that_nothing_went_wrong(page);
}

TEST_CASE("the page lets nobody turn text into markup or script") {
  const ExporterProcess exporter;
  Page page(exporter.port());
  CHECK_THROWS(page.browser.value_of("document.body.innerHTML = '<b>markup</b>'"));
  CHECK_THROWS(page.browser.value_of("document.body.setAttribute('onclick', 'document.title = 1')"));
  CHECK_THROWS(page.browser.value_of("document.createElement('script').src = '/metrics'"));
}

TEST_CASE("a suspected leak is listed with its lease, its age and the place that acquired it") {
  ExporterProcess exporter({.config = "pools:\n" + sqlite_pool("cache") +
                                      "  - {name: reports, leak_detection_timeout: 300ms,\n"
                                      "     canary: {interval: 1s, hold: 300s}}\n"});
  Page page(exporter.port());
  CHECK(page.shows("reports", "leaks", "1"));
  CHECK(page.shows("reports", "health", "reasons: leaks"));
  CHECK(page.text("#leaks tbody .pool") == "reports");
  CHECK(std::stoi(page.text("#leaks tbody .lease")) > 0);
  CHECK(page.text("#leaks tbody .held").ends_with("s"));
  CHECK(page.visible("#leaks tbody .wide").find("canary") != std::string::npos);
  CHECK(page.visible("#leaks tbody .wide").find("pg_terminate_backend") == std::string::npos);
  REQUIRE(page.shows("reports", "diagnosis", "leak: 1 lease is suspected of leaking: 1 at canary"));
  CHECK(page.cell("cache", "diagnosis").empty());
  CHECK(page.text("#leaking") == "1");
  check_that_nothing_went_wrong(page);
  take_screenshots(page, "leak");
  // The shutdown waits for the lease; the second signal ends the wait.
  exporter.process().signal(SIGTERM);
  CHECK(eventually([&] { return !exporter.log("waiting for active connections").empty(); }, 5s));
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(5s) == 0);
}

TEST_CASE("what is on the page stays the same element while its figures change") {
  const ExporterProcess exporter({.config = "pools:\n" + sqlite_pool("orders") + sqlite_pool("cache")});
  Page page(exporter.port());
  REQUIRE(page.shows("orders", "health", "healthy"));
  page.browser.value_of("window.seen = [...document.querySelectorAll('#pools tbody *')]");
  page.browser.value_of("document.querySelector('#pools tbody .pool a').focus()");
  const std::string as_of = page.text("#updated");
  REQUIRE(eventually([&] { return page.text("#updated") != as_of; }, 10s));
  CHECK(page.browser.value_of(
            "window.seen.filter(each => !each.isConnected && !each.closest('svg')).length") == 0);
  CHECK(page.browser.value_of("document.activeElement.textContent") == "cache");
}

TEST_CASE("an exporter that stops answering is said to, with since when, until it answers again") {
  const std::uint16_t port = free_port();
  const ExporterSetup setup{.config = "pools:\n" + sqlite_pool("orders"),
                            .flags = {fmt::format("--web.listen-address=127.0.0.1:{}", port)}};
  auto exporter = std::make_unique<ExporterProcess>(setup);
  Page page(port);
  REQUIRE(page.shows("orders", "health", "healthy"));
  CHECK(page.text("#banner").empty());
  check_that_nothing_went_wrong(page);
  exporter.reset();
  REQUIRE(eventually([&] { return !page.text("#banner").empty(); }, 15s));
  CHECK_FALSE(page.browser.console().empty());  // shows that the other cases would notice a complaint
  CHECK(page.text("#banner").starts_with("The exporter has not answered since 20"));
  CHECK(page.text("#updated").starts_with("as of 20"));
  CHECK(page.cell("orders", "health") == "healthy");
  CHECK(page.text("#overall") == "no answer");
  CHECK(page.text("title") == "no answer – dbpool_exporter");
  CHECK(page.icon().find(grey) != std::string::npos);
  CHECK(page.number("Number(getComputedStyle(document.querySelector('main')).opacity)") < 1);
  take_screenshots(page, "silent");
  exporter = std::make_unique<ExporterProcess>(setup);
  CHECK(eventually([&] { return page.text("#banner").empty(); }, 15s));
  CHECK(page.text("#overall") == "healthy");
  CHECK(page.icon().find(green) != std::string::npos);
}

TEST_CASE("a source that cannot be read is red, counted and named, one that was not read yet is neither") {
  const HostileServer silent(Hostility::silent);
  const ExporterProcess exporter(
      {.config =
           "pools:\n" + sqlite_pool("orders") +
           fmt::format("sources:\n"
                       "  - {{name: pgb, type: pgbouncer, dsn: 'host=127.0.0.1 port={} user=a'}}\n"
                       "  - {{name: slow, type: http_json, url: 'http://127.0.0.1:{}/', timeout: 300s}}\n",
                       free_port(), silent.port())});
  Page page(exporter.port());
  REQUIRE(page.shows("orders", "health", "healthy"));
  CHECK(eventually([&] { return page.text("#up + dd") == "1 down: pgb, 1 not read yet"; }, 10s));
  CHECK(page.text("#up") == "1 / 3");
  CHECK(page.count("#up.loud") == 1);
  CHECK(page.text("#down") == "1 source down: pgb");
  const auto health = nlohmann::json::parse(exporter.get("/connections/pools/health").body);
  CHECK(page.text("#overall") == health["overall_status"]);
  CHECK(page.icon().find(page.text("#overall") == "healthy" ? green : red) != std::string::npos);
  CHECK(page.text("title") == "1 source down – 1 healthy – dbpool_exporter");
  CHECK(page.count("#sources tbody .up.loud") == 1);
  check_that_nothing_went_wrong(page);
  take_screenshots(page, "source-down");
}

TEST_CASE("a mapped field that leads to nothing stands in its source's row") {
  const ScriptedHttpServer server([](const std::string&) { return http_answer("200 OK", R"({"a": 3})"); });
  const ExporterProcess exporter(
      {.config =
           fmt::format("sources: [{{name: app, type: http_json, interval: 200ms, url: '{}', preset: custom, "
                       "fields: {{active: /a, max: '/<b>maxx'}}}}]",
                       server.url())});
  Page page(exporter.port());
  CHECK(page.shows("app", "connections", "3"));
  CHECK(page.text("#sources tbody .up") == "up");
  CHECK(page.text("#sources tbody .wide") == "max: /<b>maxx leads to nothing");
  check_that_it_fits(page);
  check_that_nothing_went_wrong(page);
}

TEST_CASE("a source that senders push to shows how many are alive and what was rejected, and no age") {
  const ExporterProcess exporter({.config = "sources: [{name: otel, type: otlp, listen: web}]"});
  Page page(exporter.port());
  CHECK(eventually([&] { return page.text("#sources tbody .up") == "up"; }, 10s));
  CHECK(page.text("#sources tbody .age") == "0 senders");
  CHECK(page.text("#sources tbody .wide") == "0 points used");
  const std::string push = R"({"resourceMetrics": [{"resource": {"attributes": [
      {"key": "service.name", "value": {"stringValue": "shop"}}]}, "scopeMetrics": [{"metrics": [
      {"name": "db.client.connection.max", "sum": {"aggregationTemporality": 2, "dataPoints": [
        {"timeUnixNano": "1000000000", "asInt": "5", "attributes": [
          {"key": "pool.name", "value": {"stringValue": "orders"}}]}]}}]}]}]})";
  REQUIRE(http_exchange(exporter.port(), "POST", "/v1/metrics", {.json = push}).status == 200);
  REQUIRE(http_exchange(exporter.port(), "POST", "/v1/metrics", {.json = push}).status == 200);
  CHECK(eventually([&] { return page.text("#sources tbody .age") == "1 sender"; }, 10s));
  CHECK(page.text("#sources tbody .wide") == "1 point used, 1 rejected (stale)");
  CHECK(page.cell("otel/shop/orders", "age") == "pushed");
  check_that_it_fits(page);
  check_that_nothing_went_wrong(page);
}

TEST_CASE("sums leave out what is not known, and a pool that cannot be judged stands last") {
  const ScriptedHttpServer application([](const std::string&) {
    return http_answer("200 OK", R"({"pools": {
      "counters": {"statistics": {"reused": 7}},
      "open": {"active_connections": 45, "statistics": {"errors": 0}},
      "small": {"pool_size": 5, "active_connections": 5, "total_capacity": 10}}})");
  });
  const ExporterProcess exporter(
      {.config = fmt::format("sources: [{{name: app, type: http_json, url: '{}'}}]", application.url())});
  Page page(exporter.port());
  REQUIRE(page.shows("app/small", "health", "healthy"));
  CHECK(page.text("#in-use") == "5 / 10");
  CHECK(page.text("#in-use + dd") == "5 idle, 45 more without a max");
  CHECK(page.text("#waiting") == "–");
  CHECK(page.text("#leaking") == "–");
  CHECK(page.text("#no-leaks") == "No pool here reports how long its connections are held.");
  CHECK(page.text("#up") == "1 / 1");
  CHECK(page.count("#up.loud") == 0);
  CHECK(page.text("#overall") == "healthy");
  CHECK(page.text("#pools tbody:last-child .pool a") == "app/counters");
  CHECK(page.cell("app/counters", "health") == "unknownNot judged: no threshold applies to what is known");
  check_that_nothing_went_wrong(page);
  take_screenshots(page, "not-judged");
}

TEST_CASE("an error of the page itself is not blamed on the exporter") {
  const ExporterProcess exporter({.config = "pools:\n" + sqlite_pool("orders")});
  Page page(exporter.port());
  REQUIRE(page.shows("orders", "health", "healthy"));
  page.browser.value_of("void (window.showSources = () => { throw new Error('planted'); })");
  CHECK(eventually([&] { return !page.text("#banner").empty(); }, 10s));
  CHECK(page.text("#banner") == "The exporter answers, but this page failed to draw it (planted).");
  CHECK(page.text("title") == "page error – dbpool_exporter");
}

TEST_CASE("a sparkline leaves an outage open") {
  const ExporterProcess exporter({.config = "pools:\n" + sqlite_pool("orders")});
  Page page(exporter.port());
  const auto strokes = [&](const std::string& minutes) {
    return page.number("sparkline({interval_seconds: 60, history: " + minutes +
                       ".map(([minute, active]) => ({timestamp: new Date(6e4 * minute), active}))}, 10)"
                       ".querySelector('.in-use').getAttribute('d').split('M').length - 1");
  };
  CHECK(strokes("[[1, 3], [2, 4], [3, 5], [3.1, 5]]") == 1);
  CHECK(strokes("[[1, 3], [2, null], [3, null], [4, 5]]") == 2);
  CHECK(strokes("[[1, 3], [2, 4], [30, 5]]") == 2);
  CHECK(strokes("[[1, null]]") == 0);
}
