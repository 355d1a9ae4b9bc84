#include <doctest/doctest.h>
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "contract/alert_rules.hpp"

// Checks what the cases in alerts/tests prove about each alert; promtool runs them.

using namespace dbpool;

namespace {

namespace fs = std::filesystem;

bool fires(const YAML::Node& group, const std::string& alert) {
  for (const auto& test : group["alert_rule_test"]) {
    if (text(test["alertname"]) == alert && test["exp_alerts"] && test["exp_alerts"].size() > 0) return true;
  }
  return false;
}

/// Returns whether the case requires that `alert` never fires until its end. Silence at one moment would also
/// be true of an alert that has not fired yet.
bool never_fires(const YAML::Node& group, const std::string& alert) {
  for (const auto& test : group["promql_expr_test"]) {
    const auto throughout =
        fmt::format(R"(count(count_over_time(ALERTS{{alertname="{}",alertstate="firing"}}[{}])))", alert,
                    text(test["eval_time"]));
    const bool nothing = !test["exp_samples"] || test["exp_samples"].size() == 0;
    if (nothing && text(test["expr"]) == throughout) return !fires(group, alert);
  }
  return false;
}

bool misses_a_scrape(const YAML::Node& group) {
  static const std::regex gap(R"((^|\s)(stale|_(x\d+)?)(\s|$))");
  for (const auto& series : group["input_series"]) {
    if (std::regex_search(text(series["values"]), gap)) return true;
  }
  return false;
}

/// Returns whether the case requires that `alert` fires at some moment.
bool is_firing(const YAML::Node& group, const std::string& alert) {
  const auto selector = fmt::format(R"(ALERTS{{alertname="{}",alertstate="firing"}})", alert);
  for (const auto& test : group["promql_expr_test"]) {
    const bool something = test["exp_samples"] && test["exp_samples"].size() > 0;
    if (something && text(test["expr"]).find(selector) != std::string::npos) return true;
  }
  return fires(group, alert);
}

/// The kinds of tests that an alert has.
struct Tested {
  bool fires = false, stays_silent = false, survives_a_missed_scrape = false;
};

std::map<std::string, Tested> tested() {
  std::map<std::string, Tested> all;
  for (const auto& file : fs::directory_iterator(alerts_folder() / "tests")) {
    for (const auto& group : YAML::LoadFile(file.path().string())["tests"]) {
      const auto name = text(group["name"]);
      for (const auto& alert : alert_names()) {
        Tested& tests = all[alert];
        tests.fires |= fires(group, alert);
        if (name.starts_with(alert + " is silent ")) {
          CHECK_MESSAGE(never_fires(group, alert), name);
          tests.stays_silent = true;
        }
        if (name.starts_with(alert + " survives ")) {
          CHECK_MESSAGE(misses_a_scrape(group), name);
          CHECK_MESSAGE((is_firing(group, alert) || never_fires(group, alert)), name);
          tests.survives_a_missed_scrape = true;
        }
      }
    }
  }
  return all;
}

}  // namespace

TEST_CASE("every alert is tested to fire, to stay silent, and to survive a missed scrape") {
  const auto tests = tested();
  REQUIRE(tests.size() > 20);
  for (const auto& [alert, kinds] : tests) {
    CAPTURE(alert);
    CHECK(kinds.fires);
    CHECK(kinds.stays_silent != (alert == "ConnectionPoolWatchdog"));  // which always fires
    CHECK(kinds.survives_a_missed_scrape);
  }
}
