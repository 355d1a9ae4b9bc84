#pragma once

#include <string>
#include <string_view>

#include "config/environment.hpp"

namespace dbpool {

/// A text with its variables filled in, or what is wrong with it.
struct Expansion {
  std::string text;
  bool used_variable = false;
  std::string problem;  ///< "" = none; quotes nothing but the name of a variable
};

/// Fills in `${VAR}` and `${VAR:-default}` (for a variable that is unset or empty; the default may hold
/// further ones, 16 levels deep) and turns `$$` into `$`. Any other `$` stands for itself.
Expansion expand(std::string_view text, const Environment& environment);

}  // namespace dbpool
