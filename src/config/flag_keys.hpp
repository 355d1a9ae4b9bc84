#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/flags.hpp"
#include "config/key_table.hpp"

namespace dbpool {

/// The values that a flag accepts.
enum class Takes { text, texts, nothing };

struct Flag {
  Key<Flags> key;
  Takes takes = Takes::text;
};

/// Returns every flag once, in the order of the help.
std::span<const Flag> flag_keys();

/// Returns whether a flag reads this variable.
bool is_flag_variable(std::string_view variable);

/// Returns the text of `--help`, with a newline at its end.
std::string help_text();

/// Returns the flags as a Markdown table: flag, variable, default, meaning. For the documentation.
std::string flags_markdown();

}  // namespace dbpool
