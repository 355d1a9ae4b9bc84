// A day on call: one fault after another, on real servers under load. Each has the right verdict wherever it
// is shown, one page with the right cause, and is over when it is healed. DBPOOL_ALERTS_HURRY=1 runs it with
// the shipped rules as they are; then it takes most of an hour.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>

#include "integration/day_on_call.hpp"
#include "support/eventually.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

// A leak takes a minute more to be one.
const auto to_verdict = 45s + DayOnCall::hurried(1min);
const std::string alices = "pgb/postgres/alice";

struct Situation {
  std::string name;
  std::function<void()> begin, heal;
  std::string pool;     ///< whose verdict counts; "" = the exporter cannot be asked
  std::string verdict;  ///< "unknown" has no series
  std::string page;     ///< pattern of the names of its alerts
  std::string says;     ///< pattern of their summaries, descriptions and causes
  /// The verdicts of a pool that is well again; a pooler's pool that has lost its clients may be unknown.
  std::set<std::string> well = {"ok"};
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
    before_ = expected_;
    fault.begin();
    double found = 0;
    if (!fault.pool.empty()) {
      check_verdict(fault);
      found = since_start();
    }
    const bool paged =
        eventually([&] { return find_page(fault).has_value(); }, DayOnCall::hurried(10min) + 30s);
    const double page_after = since_start();
    CHECK_MESSAGE(paged, "no page");
    fault.heal();
    const bool healed =
        fault.pool.empty() || eventually([&] { return fault.well.contains(day.verdict_of(fault.pool)); },
                                         to_verdict + DayOnCall::hurried(6min));
    CHECK_MESSAGE(healed, day.verdict_of(fault.pool));
    std::cout << fmt::format("{} | {} after {:.1f} s | page after {:.1f} s: {}| {}\n", fault.name,
                             fault.verdict, found, page_after, paged ? find_page(fault)->alerts : "",
                             sentence_)
              << std::flush;
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

  std::optional<Page> find_page(const Situation& fault) {
    const std::regex name(fault.page), says(fault.says);
    for (const auto& [group, page] : pages_of(day.webhook)) {
      if (before_.contains(group) || !std::regex_search(page.alerts, name)) continue;
      if (!std::regex_search(page.text, says)) continue;
      expected_.insert(group);
      return page;
    }
    return std::nullopt;
  }

  std::set<std::string> expected_;  ///< keys of the groups that faults explain
  std::set<std::string> before_;    ///< those of earlier faults
  std::string sentence_;
};

}  // namespace

TEST_CASE("a day on call: callers that are too many, too slow, or keep what they have") {
  GameDay game;
  DayOnCall& day = game.day;
  game.run({.name = "a pool that is too small",
            .begin = [&] { day.call("reports", "interval: 1ms, concurrency: 6, hold: 500ms"); },
            .heal = [&] { day.call("reports", DayOnCall::calm); },
            .pool = "reports",
            .verdict = "too_small",
            .page = "Exhausted",
            .says = "pool reports.*(too small|at its limit)"});
  game.run({.name = "leases that are not given back",
            .begin =
                [&] {
                  day.call("exports", fmt::format("interval: 1ms, concurrency: 6, hold: {}s",
                                                  DayOnCall::hurried(5min).count() / 1000));
                },
            .heal = [&] { day.call("exports", DayOnCall::calm); },
            .pool = "exports",
            .verdict = "leak",
            .page = "Stalled|Exhausted|LeakExhausting",
            .says = "pool exports.*suspected of leaking"});
  game.run({.name = "slow statements",
            .begin = [&] { day.bench(8, 2); },
            .heal = [&] { day.bench(2, 0.02); },
            .pool = alices,
            .verdict = "slow_use",
            .page = "Stalled|Exhausted",
            .says = "pool pgb/postgres/alice.*longer than usual"});
  game.run({.name = "sessions that are idle in transaction",
            .begin =
                [&] {
                  for (int i = 0; i < 3; ++i) {
                    day.sessions.emplace_back(day.pooler.dsn("postgres", "bob")).run("BEGIN");
                  }
                  for (int i = 0; i < 4; ++i) day.callers.emplace_back(day.pooler.dsn("postgres", "bob"), 0);
                },
            .heal =
                [&] {
                  day.sessions.clear();
                  day.callers.clear();
                },
            .pool = "pgb/postgres/bob",
            .verdict = "leak",
            .page = "Stalled|Exhausted|LeakExhausting",
            .says = "pool pgb/postgres/bob.*suspected of leaking",
            .well = {"ok", "unknown"}});
  CHECK(game.unexpected() == "");
  CHECK(game.expected() == 4);
}

TEST_CASE("a day on call: servers that are full, paused or gone") {
  GameDay game;
  DayOnCall& day = game.day;
  game.run({.name = "PAUSE of a pooler with callers",
            .begin = [&] { day.pooler.command("PAUSE postgres"); },
            .heal = [&] { day.pooler.command("RESUME postgres"); },
            .pool = alices,
            .verdict = "paused",
            .page = "PausedWithWaiters",
            .says = "pool pgb/postgres/alice.*paused"});
  game.run({.name = "a pooler with all clients it takes",
            .begin = [&] { day.use_up(day.pooler.dsn("postgres", "alice")); },
            .heal = [&] { day.sessions.clear(); },
            .pool = "pgb",
            .verdict = "limit_elsewhere",
            .page = "ClientsExhausted",
            .says = "accepts no more clients"});
  game.run({.name = "a server with all connections it takes",
            .begin = [&] { day.use_up(day.server.dsn()); },
            .heal = [&] { day.sessions.clear(); },
            .pool = "srv",
            .verdict = "limit_elsewhere",
            .page = "ServerFull",
            .says = "accepts no more connections"});
  game.run({.name = "a server that is killed",
            .begin =
                [&] {
                  day.server.query("CHECKPOINT");
                  day.server.kill();
                },
            .heal = [&] { day.server.start(); },
            .pool = alices,
            .verdict = "database_down",
            .page = "NoConnections|BackendDown",
            .says = "orders"});
  game.run({.name = "a pooler that is killed",
            .begin = [&] { day.pooler.kill(); },
            .heal = [&] { day.pooler.start(); },
            .pool = alices,
            .verdict = "unknown",
            .page = "SourceDown",
            .says = "Source pgb"});
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
