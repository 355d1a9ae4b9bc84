// A day on call: one fault after another, on real servers under load. Each has the right verdict wherever it
// is shown, one page with the right cause, and is over when it is healed. DBPOOL_ALERTS_HURRY=1 runs it with
// the shipped rules as they are; then it takes most of an hour.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>

#include "integration/alerts.hpp"
#include "support/eventually.hpp"
#include "support/servers/alertmanager_server.hpp"
#include "support/servers/app_bouncer.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/pg_session.hpp"
#include "support/servers/pooler_clients.hpp"
#include "support/servers/prometheus_server.hpp"
#include "support/servers/webhook_receiver.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

constexpr auto to_verdict = 45s;
const std::string alices = "pgb/app/alice";

std::chrono::milliseconds hurried(std::chrono::milliseconds time) {
  return time / ShippedAlerts::hurry();
}

/// An owned pool whose callers are its canaries.
std::string owned_pool(const PostgresServer& server, const std::string& name, const std::string& canary) {
  return fmt::format(
      "  - {{name: {}, driver: postgres, dsn: '{}', min_size: 2, max_size: 2, leak_detection_timeout: 1s,"
      " canary: {{{}}}}}\n",
      name, server.dsn(), canary);
}

const std::string calm = "interval: 500ms";

/// PostgreSQL and PgBouncer under pgbench, an exporter that watches them, and the shipped chain behind it.
struct DayOnCall {
  DayOnCall() {
    bench(2, 0.02);
    REQUIRE(eventually([&] { return verdict_of(alices) == "ok" && verdict_of("orders") == "ok"; }, 60s));
  }

  std::string config() const {
    std::string text = "pools:\n" + owned_pool(bouncer.server, "orders", calm);
    for (const auto& [name, canary] : canaries) text += owned_pool(bouncer.server, name, canary);
    return text + fmt::format(R"(
sources:
  - name: pgb
    type: pgbouncer
    dsn: {}
    interval: 1s
    clients: true
    synthetic: {{dsn: {}, interval: 1s}}
  - {{name: srv, type: pg_stat_activity, dsn: {}, interval: 1s, leak_after: {}ms}}
)",
                              bouncer.pooler.console(), bouncer.pooler.dsn("app", "alice"),
                              bouncer.server.dsn(), hurried(60s).count());
  }
  /// Replaces alice's load by `clients` whose statements take `seconds` each.
  void bench(int clients, double seconds) {
    load.reset();
    const auto script = scripts.write("load.sql", fmt::format("SELECT pg_sleep({});\n", seconds));
    load.emplace(std::vector<std::string>{"pgbench", "-n", "-c", std::to_string(clients), "-T", "36000", "-f",
                                          script.string(), "-h", "127.0.0.1", "-p",
                                          std::to_string(bouncer.pooler.port()), "-U", "alice", "app"});
  }
  /// Gives an owned pool other callers.
  void call(const std::string& pool, const std::string& canary) {
    canaries[pool] = canary;
    exporter.configure(config());
    CHECK(exporter.post("/-/reload").status == 200);
  }
  /// Opens sessions until one is refused.
  void use_up(const std::string& dsn) {
    try {
      while (true) sessions.emplace_back(dsn);
    } catch (const std::runtime_error&) {
    }
  }

  std::optional<Json> diagnosis_of(const std::string& pool) const {
    const Json all = Json::parse(exporter.get("/connections/pools/diagnosis").body);
    for (const Json& one : all.at("diagnoses")) {
      if (one.at("pool") == pool) return one;
    }
    return std::nullopt;
  }
  std::string verdict_of(const std::string& pool) const {
    const auto diagnosis = diagnosis_of(pool);
    return diagnosis ? diagnosis->at("verdict").get<std::string>() : "";
  }

  AppBouncer bouncer{"pool_size=3", {"pool_mode=transaction", "server_login_retry=1", "max_client_conn=30"}};
  std::map<std::string, std::string> canaries{{"reports", calm}, {"exports", calm}};
  ExporterProcess exporter{{.config = config(), .flags = {"--web.enable-lifecycle"}}};
  const WebhookReceiver webhook;
  const AlertmanagerServer alertmanager{ShippedAlerts::alertmanager(webhook.port())};
  const PrometheusServer prometheus{ShippedAlerts::prometheus(exporter.port(), alertmanager.port())};
  const TemporaryDirectory scripts;
  std::optional<ChildProcess> load;
  std::deque<PgSession> sessions;
  std::deque<PoolerClient> callers;
};

struct Situation {
  std::string name;
  std::function<void()> begin, heal;
  std::string pool;                      ///< whose verdict counts; "" = the exporter cannot be asked
  std::string verdict;                   ///< "unknown" has no series
  std::string page;                      ///< pattern of the alert's name
  std::string says;                      ///< pattern of the page's summary, description and cause
  std::function<void()> worsen = [] {};  ///< called when the verdict is there
};

/// A page is a group of alerts; further messages about it make no sound.
struct Page {
  std::string alerts, text;
};

std::map<std::string, Page> pages_of(const WebhookReceiver& webhook) {
  std::map<std::string, Page> found;
  for (const auto& posted : webhook.posted()) {
    if (posted.path != "/pagerduty") continue;
    const Json message = Json::parse(posted.body);
    if (message.at("status") != "firing") continue;
    Page& page = found[message.at("groupKey")];
    for (const Json& alert : message.at("alerts")) {
      const Json& annotations = alert.at("annotations");
      const auto name = alert.at("labels").at("alertname").get<std::string>();
      if (page.alerts.find(name) == std::string::npos) page.alerts += name + ' ';
      page.text += annotations.at("summary").get<std::string>() + ". " +
                   annotations.value("description", "") + ' ' + annotations.value("cause", "") + ' ';
    }
  }
  for (auto& [group, page] : found) std::ranges::replace(page.text, '\n', ' ');
  return found;
}

class GameDay {
 public:
  void run(const Situation& fault) {
    CAPTURE(fault.name);
    const auto start = std::chrono::steady_clock::now();
    const auto since_start = [&] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    fault.begin();
    double found = 0;
    if (!fault.pool.empty()) {
      check_verdict(fault);
      found = since_start();
    }
    fault.worsen();
    const bool paged = eventually([&] { return find_page(fault).has_value(); }, hurried(10min) + 30s);
    const double page_after = since_start();
    CHECK_MESSAGE(paged, "no page");
    fault.heal();
    const bool healed =
        fault.pool.empty() || eventually([&] { return is_over(fault); }, to_verdict + hurried(6min));
    CHECK_MESSAGE(healed, day.verdict_of(fault.pool));
    MESSAGE(fmt::format("{} | {} after {:.1f} s | page after {:.1f} s: {}| {}", fault.name, fault.verdict,
                        found, page_after, paged ? find_page(fault)->alerts : "", sentence_));
  }

  /// Returns the pages that no fault explains, one line each.
  std::string unexpected() const {
    std::string lines;
    for (const auto& [group, page] : pages_of(day.webhook)) {
      if (!expected_.contains(group)) lines += group + ": " + page.text + '\n';
    }
    return lines;
  }
  std::size_t expected() const { return expected_.size(); }

  DayOnCall day;

 private:
  /// Checks that the API, the metrics and `explain` say the same.
  void check_verdict(const Situation& fault) {
    const bool right = eventually([&] { return day.verdict_of(fault.pool) == fault.verdict; }, to_verdict);
    const auto diagnosis = day.diagnosis_of(fault.pool);
    REQUIRE_MESSAGE(diagnosis.has_value(), "no diagnosis of " << fault.pool);
    CHECK_MESSAGE(right, diagnosis->dump());
    sentence_ = diagnosis->at("sentence").get<std::string>();
    const auto explained =
        run_exporter({"explain", fault.pool, fmt::format("--url=http://127.0.0.1:{}", day.exporter.port())});
    CHECK_MESSAGE(explained.output.find(fault.verdict) != std::string::npos, explained.output);
    if (fault.verdict == "unknown") return;
    CHECK(eventually(
        [&] {
          return day.exporter.metric("dbpool_diagnosis",
                                     {{"pool", fault.pool}, {"verdict", fault.verdict}}) == 1;
        },
        to_verdict));
  }

  bool is_over(const Situation& fault) const {
    const std::string now = day.verdict_of(fault.pool);
    return now == "ok" || now.empty();  // sessions that have ended are no pool
  }

  std::optional<Page> find_page(const Situation& fault) {
    const std::regex name(fault.page), says(fault.says);
    for (const auto& [group, page] : pages_of(day.webhook)) {
      if (!std::regex_search(page.alerts, name) || !std::regex_search(page.text, says)) continue;
      expected_.insert(group);
      return page;
    }
    return std::nullopt;
  }

  std::set<std::string> expected_;  ///< keys of groups
  std::string sentence_;
};

}  // namespace

TEST_CASE("a day on call: callers that are too many, too slow, or keep what they have") {
  GameDay game;
  DayOnCall& day = game.day;
  game.run({.name = "a pool that is too small",
            .begin = [&] { day.call("reports", "interval: 1ms, concurrency: 6, hold: 500ms"); },
            .heal = [&] { day.call("reports", calm); },
            .pool = "reports",
            .verdict = "too_small",
            .page = "Exhausted",
            .says = "pool reports.*(too small|at its limit)"});
  game.run({.name = "leases that are not given back",
            .begin =
                [&] {
                  day.call("exports", fmt::format("interval: 1ms, concurrency: 6, hold: {}s",
                                                  hurried(5min).count() / 1000));
                },
            .heal = [&] { day.call("exports", calm); },
            .pool = "exports",
            .verdict = "leak",
            .page = "Stalled|Exhausted|LeakExhausting",
            .says = "pool exports.*suspected of leaking"});
  game.run({.name = "slow statements",
            .begin = [&] { day.bench(3, 2); },
            .heal = [&] { day.bench(2, 0.02); },
            .pool = alices,
            .verdict = "slow_use",
            .page = "Stalled|Exhausted",
            .says = "pool pgb/app/alice.*longer than usual",
            .worsen = [&] { day.bench(8, 2); }});
  game.run({.name = "sessions that are idle in transaction",
            .begin =
                [&] {
                  for (int i = 0; i < 3; ++i) {
                    day.sessions.emplace_back(day.bouncer.pooler.dsn("app", "bob")).run("BEGIN");
                  }
                  for (int i = 0; i < 4; ++i)
                    day.callers.emplace_back(day.bouncer.pooler.dsn("app", "bob"), 0);
                },
            .heal =
                [&] {
                  day.sessions.clear();
                  day.callers.clear();
                },
            .pool = "pgb/app/bob",
            .verdict = "leak",
            .page = "Stalled|Exhausted|LeakExhausting",
            .says = "pool pgb/app/bob.*suspected of leaking"});
  CHECK(game.unexpected() == "");
  CHECK(game.expected() == 4);
}

TEST_CASE("a day on call: servers that are full, paused or gone") {
  GameDay game;
  DayOnCall& day = game.day;
  game.run({.name = "PAUSE of a pooler with callers",
            .begin = [&] { day.bouncer.pooler.command("PAUSE app"); },
            .heal = [&] { day.bouncer.pooler.command("RESUME app"); },
            .pool = alices,
            .verdict = "paused",
            .page = "PausedWithWaiters",
            .says = "pool pgb/app/alice.*paused"});
  game.run({.name = "a pooler with all clients it takes",
            .begin = [&] { day.use_up(day.bouncer.pooler.dsn("app", "alice")); },
            .heal = [&] { day.sessions.clear(); },
            .pool = "pgb",
            .verdict = "limit_elsewhere",
            .page = "ClientsExhausted",
            .says = "max_client_conn"});
  game.run({.name = "a server with all connections it takes",
            .begin = [&] { day.use_up(day.bouncer.server.dsn()); },
            .heal = [&] { day.sessions.clear(); },
            .pool = "srv",
            .verdict = "limit_elsewhere",
            .page = "ServerFull",
            .says = "max_connections"});
  game.run({.name = "a server that is killed",
            .begin =
                [&] {
                  day.bouncer.server.query("CHECKPOINT");
                  day.bouncer.server.kill();
                },
            .heal =
                [&] {
                  day.bouncer.server.start();
                  day.bench(2, 0.02);
                },
            .pool = alices,
            .verdict = "database_down",
            .page = "NoConnections|BackendDown",
            .says = "orders"});
  game.run({.name = "a pooler that is killed",
            .begin = [&] { day.bouncer.pooler.kill(); },
            .heal =
                [&] {
                  day.bouncer.pooler.start();
                  day.bench(2, 0.02);
                },
            .pool = alices,
            .verdict = "unknown",
            .page = "SourceDown",
            .says = "pgb"});
  game.run({.name = "an exporter that stands still",
            .begin = [&] { day.exporter.process().signal(SIGSTOP); },
            .heal = [&] { day.exporter.process().signal(SIGCONT); },
            .pool = "",
            .verdict = "",
            .page = "ExporterDown",
            .says = ""});
  CHECK(game.unexpected() == "");
  CHECK(game.expected() == 6);
}
