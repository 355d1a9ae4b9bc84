#pragma once

#include <string>

namespace dbpool {

/// What this program was built from, and by what.
struct BuildInfo {
  std::string version, revision, compiler;
};

BuildInfo build_info();

}  // namespace dbpool
