#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>

#include "config/flags.hpp"
#include "config/key_table.hpp"

namespace dbpool {

/// The values that a flag accepts.
enum class Takes { text, texts, nothing };

template <typename Options>
struct FlagOf {
  Key<Options> key;
  Takes takes = Takes::text;
};
using Flag = FlagOf<Flags>;

/// Returns every flag once, in the order of the help.
std::span<const Flag> flag_keys();

/// Returns the line of a flag in a help text.
template <typename Options>
std::string help_line(const Key<Options>& key, Takes takes) {
  const auto name = "--" + std::string(key.name) + (takes == Takes::nothing ? "" : "=…");
  const bool has_default = takes != Takes::nothing && !key.fallback.empty();
  return fmt::format("  {:<26} {}{}\n", name, key.meaning,
                     has_default ? fmt::format(" (default {})", key.fallback) : "");
}

/// Returns whether a flag reads this variable, of the exporter or of a command.
bool is_flag_variable(std::string_view variable);

/// Returns the text of `--help`, with a newline at its end.
std::string help_text();

/// Returns the flags as a Markdown table: flag, variable, default, meaning. For the documentation.
std::string flags_markdown();

}  // namespace dbpool
