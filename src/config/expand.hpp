#pragma once

#include <string>
#include <string_view>

#include "config/environment.hpp"

namespace dbpool {

/// A text with its variables expanded, or the error in it.
struct Expansion {
  std::string text;
  bool used_variable = false;
  std::string problem;  ///< "" = none; quotes only the name of a variable
};

/// Expands `${VAR}` and `${VAR:-default}` (the default of an unset or empty variable; it may hold more
/// variables, 16 levels deep) and turns `$$` into `$`. Any other `$` is kept.
Expansion expand(std::string_view text, const Environment& environment);

}  // namespace dbpool
