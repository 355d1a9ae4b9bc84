#pragma once

#include <string>

#include "support/servers/exporter_process.hpp"

namespace dbpool {

/// Returns everything that is visible of a running exporter from outside: its output, its answers on every
/// path, its metrics and the name of its process. Reloads its configuration in between.
inline std::string everything_visible(ExporterProcess& exporter) {
  const ChildProcess& process = exporter.process();
  std::string all = process.standard_error() + process.standard_output();
  for (const char* path :
       {"/metrics", "/", "/-/ready", "/-/healthy", "/-/reload", "/no/such/path", "/health",
        "/connections/pools/stats", "/connections/pools/stats/words", "/connections/pools/health",
        "/connections/pools/metrics", "/connections/pools/history/words", "/connections/pools/leaks",
        "/connections/pools/diagnosis"}) {
    const HttpAnswer answer = exporter.get(path);
    all += answer.head + answer.body;
  }
  const HttpAnswer reloaded = exporter.post("/-/reload");
  all += reloaded.head + reloaded.body;
  const std::string proc = "/proc/" + std::to_string(process.pid());
  for (const char* file : {"/cmdline", "/comm", "/status", "/maps"}) all += read_whole(proc + file);
  return all + process.standard_error();
}

}  // namespace dbpool
