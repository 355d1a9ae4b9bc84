#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fakes.hpp"
#include "support/fakes/known_fleet.hpp"
#include "web/routes.hpp"

namespace dbpool::test {

/// The routes' view of a program. One thread at a time.
struct Program {
  /// `target`: the path and the query, if any.
  Response ask(const std::string& method, const std::string& target, std::vector<Header> headers = {}) {
    const auto path_end = std::min(target.find('?'), target.size());
    const auto query = std::min(path_end + 1, target.size());
    return make_router(options, services())
        .answer({method, target.substr(0, path_end), target.substr(query), "1.1", std::move(headers), ""});
  }

  /// Adds an owned pool.
  void add(PoolSnapshot pool, Judgement health = {HealthStatus::healthy, {}}) {
    fleet.sources.push_back(source_of(std::move(pool), SourceKind::owned, std::move(health)));
  }

  WebServices services() {
    return {.snapshot = [this] { return fleet; },
            .exporter = [this] { return exporter; },
            .ready = [this] { return ready; },
            .history = [this](const std::string& pool,
                              std::chrono::nanoseconds span) -> std::optional<PoolHistory> {
              asked_span = span;
              if (!histories.contains(pool)) return std::nullopt;
              return PoolHistory{std::chrono::minutes(1), histories[pool]};
            },
            .connections = [this](const std::string& pool) -> std::optional<std::vector<ConnectionSnapshot>> {
              if (!connections.contains(pool)) return std::nullopt;
              return connections[pool];
            },
            .leaks = [this] { return leaks; },
            .journal =
                [this](std::chrono::nanoseconds span) {
                  asked_span = span;
                  return journal;
                },
            .probe =
                [this](const ProbeCall& call) {
                  probed.push_back(call);
                  return probe_answer;
                },
            .admin = commands};
  }

  WebOptions options;
  FleetSnapshot fleet{.time = {}, .uptime_seconds = 1, .sources = {}, .exporter = {}};
  ExporterReport exporter{
      .version = "1.2.3", .revision = "r", .compiler = "c", .last_reload_success = {}, .process = {}};
  bool ready = true;
  std::map<std::string, std::vector<HistoryItem>> histories;
  std::map<std::string, std::vector<ConnectionSnapshot>> connections;
  std::vector<SuspectedLeak> leaks;
  std::vector<JournalEntry> journal;
  std::chrono::nanoseconds asked_span{-1};
  ProbeAnswer probe_answer = FleetSnapshot();
  std::vector<ProbeCall> probed;
  ScriptedCommands commands;
};

inline std::string header_of(const Response& response, const std::string& name) {
  for (const Header& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return "";
}

}  // namespace dbpool::test
