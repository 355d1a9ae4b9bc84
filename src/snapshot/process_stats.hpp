#pragma once

#include <optional>

namespace dbpool {

/// The process's own figures, with the names of Prometheus' client libraries. nullopt = not known.
struct ProcessStats {
  std::optional<double> cpu_seconds_total;
  std::optional<double> open_fds;
  std::optional<double> max_fds;
  std::optional<double> virtual_memory_bytes;
  std::optional<double> virtual_memory_max_bytes;  ///< no limit: the largest number, as in other exporters
  std::optional<double> resident_memory_bytes;
  std::optional<double> heap_bytes;
  std::optional<double> start_time_seconds;  ///< Unix time
  std::optional<double> threads;
};

/// Reads /proc/self. Costs some system calls; does not throw.
ProcessStats read_process_stats();

}  // namespace dbpool
