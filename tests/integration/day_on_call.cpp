#include "integration/day_on_call.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "support/eventually.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

std::string health() {
  return fmt::format("health: {{recovery_hold: {}ms, error_window: {}ms, wait_window: {}ms}}",
                     DayOnCall::hurried(10s).count(), DayOnCall::hurried(60s).count(),
                     DayOnCall::hurried(60s).count());
}

std::string owned_pool(const PostgresServer& server, const std::string& name, const std::string& canary) {
  return fmt::format(R"(
  - name: {}
    driver: postgres
    dsn: {}
    min_size: 2
    max_size: 2
    leak_detection_timeout: 1s
    canary: {{{}}}
    {})",
                     name, server.dsn(), canary, health());
}

}  // namespace

DayOnCall::DayOnCall() {
  bench(2, 0.02);
  const auto is_well = [&](const char* pool) { return verdict_of(pool) == "ok"; };
  if (!eventually([&] { return is_well("pgb/postgres/alice") && is_well("orders"); }, 60s))
    throw std::runtime_error("the day does not begin well");
}

std::string DayOnCall::entry() const {
  server.query("CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN");
  return fmt::format("postgres = host=127.0.0.1 port={} pool_size=3", server.port());
}

std::string DayOnCall::config() const {
  std::string text = "pools:" + owned_pool(server, "orders", calm);
  for (const auto& [name, canary] : canaries_) text += owned_pool(server, name, canary);
  return text + fmt::format(R"(
sources:
  - name: pgb
    type: pgbouncer
    dsn: {}
    interval: 1s
    clients: true
    synthetic: {{dsn: {}, interval: 1s}}
    {}
  - {{name: srv, type: pg_stat_activity, dsn: {}, interval: 1s, leak_after: {}ms}}
)",
                            pooler.console(), pooler.dsn("postgres", "alice"), health(), server.dsn(),
                            hurried(60s).count());
}

void DayOnCall::bench(int clients, double seconds) {
  load_ = {};  // ends before the next begins
  const auto script = scripts_.write("load.sql", fmt::format("SELECT pg_sleep({});\n", seconds));
  const std::vector<std::string> command{"pgbench", "-n",
                                         "-R",      "20",
                                         "-c",      std::to_string(clients),
                                         "-T",      "36000",
                                         "-f",      script.string(),
                                         "-h",      "127.0.0.1",
                                         "-p",      std::to_string(pooler.port()),
                                         "-U",      "alice",
                                         "postgres"};
  load_ = std::jthread([command](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      ChildProcess bench(command);
      while (!stop.stop_requested() && !bench.wait_exit(100ms)) {
      }
      eventually([&] { return stop.stop_requested(); }, 200ms);  // where none can connect
    }
  });
}

void DayOnCall::call(const std::string& pool, const std::string& canary) {
  canaries_[pool] = canary;
  exporter.configure(config());
  if (exporter.post("/-/reload").status != 200) throw std::runtime_error("the exporter does not reload");
}

void DayOnCall::use_up(const std::string& dsn) {
  try {
    while (true) sessions.emplace_back(dsn);
  } catch (const std::runtime_error&) {
  }
}

std::optional<nlohmann::json> DayOnCall::diagnosis_of(const std::string& pool) const {
  const auto all = nlohmann::json::parse(exporter.get("/connections/pools/diagnosis").body);
  for (const auto& one : all.at("diagnoses")) {
    if (one.at("pool") == pool) return one;
  }
  return std::nullopt;
}

std::string DayOnCall::verdict_of(const std::string& pool) const {
  const auto diagnosis = diagnosis_of(pool);
  return diagnosis ? diagnosis->at("verdict").get<std::string>() : "";
}

}  // namespace dbpool
