#pragma once

#include <string>

#include "support/servers/exporter_process.hpp"

namespace dbpool {

/// Returns the output of a running exporter, and its answers on every path. Reloads its configuration in
/// between.
inline std::string everything_said(ExporterProcess& exporter) {
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
  return all + reloaded.head + reloaded.body + process.standard_error();
}

/// Returns everything that is visible of a running exporter from outside: what it says, and its process.
/// Reloads its configuration in between. Numbers of a few digits may be in it by chance.
inline std::string everything_visible(ExporterProcess& exporter) {
  std::string all = everything_said(exporter);
  const std::string proc = "/proc/" + std::to_string(exporter.process().pid());
  for (const char* file : {"/cmdline", "/comm", "/status", "/maps"}) all += read_whole(proc + file);
  return all;
}

}  // namespace dbpool
