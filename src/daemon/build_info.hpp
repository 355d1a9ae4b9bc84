#pragma once

#include <string>

namespace dbpool {

/// The version, the git revision and the compiler of this build.
struct BuildInfo {
  std::string version, revision, compiler;
};

BuildInfo build_info();

}  // namespace dbpool
