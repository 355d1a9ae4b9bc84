#include "browser/page.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/scripted_http_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

/// Returns a document with 60 pools; two of them are nearly full, and one only counts.
std::string document_of_sixty() {
  std::string pools = R"("counters": {"statistics": {"reused": 7}})";
  for (int i = 0; i < 59; ++i) {
    pools += fmt::format(R"(, "p-{:02}": {{"active_connections": {}, "pool_size": 1, "total_capacity": 10}})",
                         i, i < 2 ? 9 : 1);
  }
  return R"({"pools": {)" + pools + "}}";
}

}  // namespace

TEST_CASE("of many pools those without trouble are folded, until they are asked for") {
  const ScriptedHttpServer application(
      [](const std::string&) { return http_answer("200 OK", document_of_sixty()); });
  const ExporterProcess exporter(
      {.config = fmt::format("sources: [{{name: app, type: http_json, url: '{}'}}]", application.url())});
  Page page(exporter.port());
  REQUIRE(page.shows("app/p-00", "health", "degraded"));
  CHECK(page.count("#pools tbody") == 2);
  CHECK(page.text("#fold") == "Show 58 healthy or not judged");
  CHECK(page.browser.value_of("document.getElementById('fold').ariaExpanded") == "false");
  CHECK(page.text("#pools-shown") == "2 of 60");
  CHECK(page.text("#in-use") == "75 / 590");  // what is folded counts
  check_that_it_can_be_read(page);
  take_screenshots(page, "folded");

  // A screen reader has a name for every control and every table.
  CHECK(page.number(
            "[...document.querySelectorAll('button, input, select')]"
            ".filter(each => !each.labels?.[0]?.textContent.trim() && !each.textContent.trim()).length") ==
        0);
  CHECK(page.number("[...document.querySelectorAll('table, section')].filter(each => "
                    "!document.getElementById(each.getAttribute('aria-labelledby'))).length") == 0);

  page.filter("p-59 app/p-17");
  CHECK(page.count("#pools tbody") == 0);
  page.filter("app/p-17");
  CHECK(page.count("#pools tbody") == 1);
  page.filter("");
  CHECK(page.count("#pools tbody") == 2);

  page.browser.value_of("document.getElementById('fold').click()");
  CHECK(page.count("#pools tbody") == 60);
  CHECK(page.text("#fold") == "Fold 58 healthy or not judged");
  // A screenshot of the whole page shows what was not scrolled to as well.
  page.browser.look_through({.width = 390, .height = 844, .color_scheme = "light", .phone = true});
  CHECK(page.browser.value_of("getComputedStyle(document.querySelector('#pools tbody:last-child'))"
                              ".contentVisibility") == "visible");
  page.browser.value_of("document.getElementById('fold').click()");
  CHECK(page.count("#pools tbody") == 2);
  check_that_nothing_went_wrong(page);
}

TEST_CASE("pools in another order than by health are not folded") {
  const ScriptedHttpServer application(
      [](const std::string&) { return http_answer("200 OK", document_of_sixty()); });
  const ExporterProcess exporter(
      {.config = fmt::format("sources: [{{name: app, type: http_json, url: '{}'}}]", application.url())});
  Page page(exporter.port());
  REQUIRE(page.shows("app/p-00", "health", "degraded"));
  page.browser.value_of("document.querySelector('#pools thead button').click()");
  CHECK(page.count("#pools tbody") == 60);
  CHECK(page.text("#pools tbody .pool a") == "app/counters");
}

TEST_CASE("a filter can be taken away though there are few pools left") {
  const ExporterProcess exporter({.config = "pools:\n" + sqlite_pool("orders")});
  Page page(exporter.port());
  REQUIRE(page.shows("orders", "health", "healthy"));
  CHECK(page.count("#tools[hidden]") == 1);
  page.filter("users");
  CHECK(page.text("#no-pools") == "No pool matches the filter.");
  CHECK(page.count("#tools[hidden]") == 0);
  page.filter("");
  CHECK(page.count("#tools[hidden]") == 1);
}

TEST_CASE("500 pools are drawn within a second, and can be sorted and filtered") {
  std::string config = "pools:\n";
  for (int i = 0; i < 500; ++i) {
    config += fmt::format(
        "  - {{name: pool-{:03}, min_size: 1, max_size: {}, canary: {{interval: 1m}}, labels: {{team: "
        "t{}}}}}\n",
        i, 1 + i, i % 7);
  }
  const ExporterProcess exporter({.config = config});
  REQUIRE(eventually([&] { return exporter.get("/-/ready").status == 200; }, 30s));
  Page page(exporter.port());
  REQUIRE(eventually([&] { return page.text("#fold") == "Show 500 healthy"; }, 20s));
  CHECK(page.count("#pools tbody") == 0);
  const double opened = page.number(
      "Math.max(...performance.getEntriesByType('resource').slice(0, 5).map(each => each.responseEnd))");
  const double took = page.number("performance.getEntriesByName('draw')[0].duration");
  MESSAGE("500 pools: data after ", opened, " ms, drawn in ", took, " ms");
  CHECK(std::chrono::duration<double, std::milli>(took) < stretched(1s));
  const double laid_out = page.number(
      "(() => { document.getElementById('fold').click(); const began = performance.now(); "
      "document.body.style.fontSize = '15px';"
      " document.body.offsetHeight; document.body.style.fontSize = ''; return performance.now() - began; "
      "})()");
  MESSAGE("laid out in ", laid_out, " ms");
  CHECK(page.count("#pools tbody") == 500);

  take_screenshots(page, "many");
  page.browser.value_of(
      "[...document.querySelectorAll('#pools thead button')].find(each => each.textContent === "
      "'Pool').click()");
  page.browser.value_of(
      "[...document.querySelectorAll('#pools thead button')].find(each => each.textContent === "
      "'Pool').click()");
  CHECK(page.text("#pools tbody .pool a") == "pool-499");
  CHECK(page.browser.value_of("document.querySelector('#pools th').ariaSort") == "descending");
  page.filter("POOL-0 team=t3");
  CHECK(page.count("#pools tbody") == 14);
  CHECK(page.text("#pools-shown") == "14 of 500");
  check_that_nothing_went_wrong(page);
}
