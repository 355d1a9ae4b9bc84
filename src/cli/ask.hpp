#pragma once

#include <string>

#include "cli/client_options.hpp"

namespace dbpool {

struct Answer {
  long status = 0;  ///< of HTTP
  std::string body;
};

/// Sends GET for `path` to the exporter that the options name. Blocks at most 10 s; follows no redirect and
/// uses no proxy. throws NoAnswer, also for an answer of more than 16 MiB; Error for a file that it cannot
/// read.
Answer ask(const ClientOptions& options, const std::string& path);

/// Returns a name as a part of a path.
std::string percent_encoded(const std::string& name);

}  // namespace dbpool
