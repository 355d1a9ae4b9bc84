#include "daemon/event_log.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

/// Keeps the logged lines as `level component message key=text …`, with the fields that are texts.
struct EventLines : Logger {
  void log(LogLevel level, std::string_view component, std::string_view message,
           const std::vector<LogField>& fields) noexcept override {
    std::string line = level == LogLevel::warn ? "warn " : "info ";
    line.append(component).append(" ").append(message);
    for (const LogField& field : fields) {
      if (const auto* const text = std::get_if<std::string>(&field.value))
        line.append(" ").append(field.key).append("=").append(*text);
    }
    lines.push_back(std::move(line));
  }
  std::vector<std::string> lines;
};

EventNews::Leak leak_of_cart() {
  EventNews::Leak leak{.pool = "apps/main", .lease = {}};
  leak.lease.connection_id = "web-1/41";
  leak.lease.lease = 41;
  leak.lease.held = 31s;
  leak.lease.site = "Cart.java:12";
  return leak;
}

}  // namespace

TEST_CASE("a suspected lease is logged with its site, and once more when it comes back") {
  EventLines logger;
  EventLog log("apps", logger);
  EventNews news;
  news.leaks.push_back(leak_of_cart());
  news.returned.push_back(leak_of_cart());
  log.look(news, {});
  CHECK(logger.lines ==
        std::vector<std::string>{
            "warn pool potential connection leak detected source=apps pool=apps/main connection_id=web-1/41 "
            "site=Cart.java:12",
            "info pool leaked connection returned source=apps pool=apps/main connection_id=web-1/41"});
}
