#include "cli/checked_targets.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "cli/terminal_text.hpp"

namespace dbpool {
namespace {

constexpr std::array<std::string_view, 3> result_words{"ok", "skipped", "FAILED"};

}  // namespace

std::string checked_targets_text(const std::vector<CheckedTarget>& targets) {
  std::string text;
  for (const CheckedTarget& target : targets) {
    std::string line = fmt::format("{:<7} {} ({}): {}", result_words[static_cast<std::size_t>(target.result)],
                                   target.name, target.kind, target.found);
    if (!target.cure.empty()) line += "; " + target.cure;
    for (const std::string& hint : target.hints) line += "; but " + hint;
    text += printable(line) + "\n";
  }
  return text;
}

}  // namespace dbpool
