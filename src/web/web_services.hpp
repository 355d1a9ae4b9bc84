#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "snapshot/journal_entry.hpp"
#include "snapshot/snapshotter.hpp"
#include "web/admin_commands.hpp"
#include "web/probe_call.hpp"

namespace dbpool {

/// The parts of the program that handlers call, from any thread. The callables and the commands outlive the
/// router.
struct WebServices {
  std::function<FleetSnapshot()> snapshot;   ///< without the exporter's part
  std::function<ExporterReport()> exporter;  ///< that part; makes some system calls
  std::function<bool()> ready;  ///< false until every source was read or has failed, and during shutdown
  /// nullopt: no such pool.
  std::function<std::optional<PoolHistory>(const std::string& pool, std::chrono::nanoseconds span)> history;
  /// nullopt: not an owned pool.
  std::function<std::optional<std::vector<ConnectionSnapshot>>(const std::string& pool)> connections;
  std::function<std::vector<SuspectedLeak>()> leaks;
  /// What happened within `span`, newest first.
  std::function<std::vector<JournalEntry>(std::chrono::nanoseconds span)> journal;
  std::function<ProbeAnswer(const ProbeCall& call)> probe;  ///< may wait for a first reading
  AdminCommands& admin;
};

}  // namespace dbpool
