#include <algorithm>

#include "browser/page.hpp"
#include "support/http/http_exchange.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/scripted_http_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

/// A proxy that offers an exporter under /dbpool/ alone, and answers for its events itself.
class PathProxy {
 public:
  PathProxy(const ExporterProcess& exporter, std::string events_status, std::string events)
      : server_([&exporter, status = std::move(events_status), events = std::move(events)](
                    const std::string& request) { return answer(exporter, request, status, events); }) {}

  std::uint16_t port() const noexcept { return server_.port(); }
  std::vector<std::string> requests() const { return server_.requests(); }

 private:
  static ScriptedAnswer answer(const ExporterProcess& exporter, const std::string& request,
                               const std::string& events_status, const std::string& events) {
    const std::string prefix = "GET /dbpool/";
    if (!request.starts_with(prefix)) return http_answer("404 Not Found", "{}");
    const std::string path = request.substr(prefix.size() - 1, request.find(" HTTP/") - prefix.size() + 1);
    if (path.starts_with("/connections/pools/events")) return http_answer(events_status, events);
    const HttpAnswer answer = exporter.get(path);
    const bool is_page = path == "/";
    if (!is_page) return http_answer(std::to_string(answer.status) + " OK", answer.body);
    return {
        fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Security-Policy: {}\r\n"
                    "Content-Length: {}\r\n\r\n{}",
                    answer.header("content-security-policy").value_or(""), answer.body.size(), answer.body)};
  }

  ScriptedHttpServer server_;
};

std::string event(int second, const std::string& message) {
  return fmt::format(R"({{"timestamp": "2026-11-28T06:{:02}:{:02}.000Z", "kind": "health_changed",)"
                     R"( "source": "orders", "pool": "orders", "message": "{}"}})",
                     second / 60, second % 60, message);
}

std::string events_document(int number) {
  std::string list;
  for (int i = number; i > 0; --i) list += event(i, fmt::format("<b>no. {}</b>", i)) + (i > 1 ? "," : "");
  return R"({"status": "success", "events": [)" + list + "]}";
}

}  // namespace

TEST_CASE("the page works behind a proxy's path") {
  const ExporterProcess exporter({.config = "pools:\n" + sqlite_pool("orders")});
  const PathProxy proxy(exporter, "200 OK", events_document(0));
  Page page(proxy.port(), "/dbpool/");
  REQUIRE(page.shows("orders", "health", "healthy"));
  CHECK(eventually([&] { return page.count("#pools .history svg") == 1; }, 10s));
  const auto addresses = page.browser.value_of(
      "[...document.querySelectorAll('a')].map(a => a.href).filter(a => !a.startsWith(text))", page.url);
  CHECK(addresses == nlohmann::json::array());
  for (const std::string& request : proxy.requests()) CHECK(request.starts_with("GET /dbpool/"));
  check_that_nothing_went_wrong(page);
}

TEST_CASE("the newest events are listed, and how many more there are") {
  const ExporterProcess exporter({.config = "pools:\n" + sqlite_pool("orders")});
  const PathProxy proxy(exporter, "200 OK", events_document(75));
  Page page(proxy.port(), "/dbpool/");
  REQUIRE(eventually([&] { return page.count("#recent:not([hidden])") == 1; }, 10s));
  CHECK(page.count("#events tbody") == 10);
  CHECK(page.text("#events td.wide") == "<b>no. 75</b>");
  CHECK(page.text("#events td.kind") == "health changed");
  CHECK(page.text("#more-events") == "65 older events not shown.");
  take_screenshots(page, "events");
  check_that_nothing_went_wrong(page);
}

TEST_CASE("an exporter without events has no such section, and is asked once") {
  const ExporterProcess exporter({.config = "pools:\n" + sqlite_pool("orders")});
  const PathProxy proxy(exporter, "404 Not Found", R"({"status": "error"})");
  Page page(proxy.port(), "/dbpool/");
  REQUIRE(page.shows("orders", "health", "healthy"));
  const std::string as_of = page.text("#updated");
  REQUIRE(eventually([&] { return page.text("#updated") != as_of; }, 10s));
  CHECK(page.count("#recent[hidden]") == 1);
  CHECK(page.text("#banner").empty());
  const auto requests = proxy.requests();
  CHECK(std::ranges::count_if(requests, [](const std::string& request) {
          return request.find("/events") != std::string::npos;
        }) == 1);
}
