#pragma once

#include <string>
#include <vector>

namespace dbpool {

/// What `check` found at one pool or source, or in a source file. No text in it holds a secret.
struct CheckedTarget {
  enum class Result { ok, skipped, failed };

  std::string name, kind;  ///< `kind` is the driver of a pool or the type of a source
  Result result = Result::failed;
  std::string found = {};               ///< what was found, or the error
  std::string cure = {};                ///< what to check after an error; "" = not known
  std::vector<std::string> hints = {};  ///< what is missing in what could be read
};

/// Returns a line for each target, in their order, with every text harmless for a terminal. Pure.
std::string checked_targets_text(const std::vector<CheckedTarget>& targets);

}  // namespace dbpool
