#include "cli/status_view.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace dbpool;

namespace {

Document pool_of(const std::string& name, const std::string& status) {
  return {{"name", name},   {"status", status},        {"utilization", 90.5},
          {"pool_size", 1}, {"active_connections", 9}, {"verdict", "ok"}};
}

Document health_of(const std::vector<Document>& pools) {
  return {
      {"overall_status", "degraded"}, {"pools", pools}, {"healthy_pools", 1}, {"total_pools", pools.size()}};
}

}  // namespace

TEST_CASE("status prints a line a pool, worst first, and the warnings") {
  Document unread = pool_of("pgb/app", "unknown");
  for (const char* field : {"utilization", "pool_size", "active_connections", "verdict"})
    unread[field] = nullptr;
  Document health = health_of(
      {pool_of("calm", "healthy"), unread, pool_of("orders", "unhealthy"), pool_of("billing", "degraded")});
  health["pools"][2]["verdict"] = "limit_elsewhere";
  health["warnings"] = {"Source pgb cannot be read: refused",
                        "Pool orders is unhealthy: " + std::string(70, 'x')};
  CHECK(status_view(health, Colours::off) ==
        "degraded: 1 of 4 pools healthy\n"
        "\n"
        "STATUS     POOL       USE  ACTIVE  IDLE  VERDICT\n"
        "unhealthy  orders   90.5%       9     1  limit_elsewhere\n"
        "degraded   billing  90.5%       9     1  ok\n"
        "unknown    pgb/app      -       -     -  -\n"
        "healthy    calm     90.5%       9     1  ok\n"
        "\n"
        "- Source pgb cannot be read: refused\n"
        "- Pool orders is unhealthy:\n"
        "  " +
            std::string(70, 'x') + "\n");
}

TEST_CASE("columns align whatever the script of a name") {
  CHECK(status_view(health_of({pool_of("注文", "healthy"), pool_of("für", "healthy")}), Colours::off) ==
        "degraded: 1 of 2 pools healthy\n"
        "\n"
        "STATUS     POOL    USE  ACTIVE  IDLE  VERDICT\n"
        "healthy    注文  90.5%       9     1  ok\n"
        "healthy    für   90.5%       9     1  ok\n");
}

TEST_CASE(
    "a name that is too long for its column has a line of its own, and no row is wider than 80 columns") {
  Document widest = pool_of(std::string(31, 'w'), "unhealthy");
  widest["verdict"] = "limit_elsewhere";
  widest["utilization"] = 100;
  const std::string long_name(60, 'n');
  const std::string text = status_view(health_of({widest, pool_of(long_name, "healthy")}), Colours::off);
  CHECK(text.find("healthy    " + long_name + "\n" + std::string(42, ' ') + "  90.5%  ") !=
        std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) CHECK(columns(line) <= terminal_width);
}

TEST_CASE("the words of a status are in colours on a terminal, and nothing else changes") {
  const Document health = health_of({pool_of("orders", "unhealthy")});
  std::string text = status_view(health, Colours::on);
  CHECK(text.find("\x1b[31munhealthy\x1b[0m  orders") != std::string::npos);
  for (const std::string mark : {"\x1b[31m", "\x1b[33m", "\x1b[0m"}) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
      text.erase(at, mark.size());
  }
  CHECK(text == status_view(health, Colours::off));
}

TEST_CASE("hostile names and documents do no harm") {
  Document health =
      health_of({pool_of("a\x1b]0;x\x07\nb", "healthy\x1b[31m"), Document::object(), "text", 7});
  health["warnings"] = {"x\x1b[2J", 7, nullptr};
  const std::string text = status_view(health, Colours::off);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\x07') == std::string::npos);
  CHECK(status_view(Document::object(), Colours::off) == ": - of - pools healthy\n");
}
