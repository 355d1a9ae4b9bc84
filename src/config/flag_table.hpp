#pragma once

#include <span>

#include "config/flags.hpp"
#include "config/keys.hpp"

namespace dbpool {

/// The values that a flag accepts.
enum class Takes { text, texts, nothing };

struct Flag {
  Key<Flags> key;
  Takes takes = Takes::text;
};

/// Returns every flag once, in the order of the help.
std::span<const Flag> flag_table();

}  // namespace dbpool
