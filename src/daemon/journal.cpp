#include "daemon/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "model/utf8.hpp"

namespace dbpool {
namespace {

/// A fixed text of the log, and the kind of the entry that it makes.
struct JournalledLine {
  std::string_view text, kind;
};

constexpr std::array journalled_lines{
    JournalledLine{"health changed", "health_changed"},
    JournalledLine{"database connection lost", "connection_lost"},
    JournalledLine{"connection pool recovered", "connection_recovered"},
    JournalledLine{"source cannot be read", "source_lost"},
    JournalledLine{"source read", "source_found"},
    JournalledLine{"pooler paused", "pooler_paused"},
    JournalledLine{"pooler resumed", "pooler_resumed"},
    JournalledLine{"configuration reloaded", "reloaded"},
    JournalledLine{"configuration reload failed", "reload_failed"},
};

constexpr std::string_view repetitions = "suppressed";

const LogField* find_field(const std::vector<LogField>& fields, std::string_view key) {
  const auto found = std::ranges::find(fields, key, &LogField::key);
  return found == fields.end() ? nullptr : &*found;
}

std::string shown_value(const LogField& field) {
  return std::visit([](const auto& value) { return fmt::format("{}", value); }, field.value);
}

std::string shown_field(const std::vector<LogField>& fields, std::string_view key) {
  const LogField* const field = find_field(fields, key);
  return field == nullptr ? "" : shown_value(*field);
}

/// Returns whether a failure has had its line before.
bool is_repeated(const std::vector<LogField>& fields) {
  const LogField* const field = find_field(fields, repetitions);
  const auto* const count = field == nullptr ? nullptr : std::get_if<std::int64_t>(&field->value);
  return count != nullptr && *count > 0;
}

/// Returns whether a field is words that need no name before them.
bool is_sentence(std::string_view key) {
  return key == "error" || key == "problem" || key == "message";
}

/// Returns the fixed text and what varies, in the order of the line:
/// `health changed from healthy to degraded: reasons utilization`.
std::string message_of(std::string_view text, const std::vector<LogField>& fields) {
  std::string message(text);
  std::string_view separator = ": ";
  for (const LogField& field : fields) {
    const std::string value = shown_value(field);
    if (field.key == "source" || field.key == "pool" || field.key == repetitions || value.empty()) continue;
    if (field.key == "from" || field.key == "to") {
      message += fmt::format(" {} {}", field.key, value);
      continue;
    }
    message += separator;
    message += is_sentence(field.key) ? value : fmt::format("{} {}", field.key, value);
    separator = ", ";
  }
  if (message.size() > Journal::longest_message) message.resize(Journal::longest_message);
  return valid_utf8(message);
}

}  // namespace

void Journal::log(LogLevel level, std::string_view component, std::string_view message,
                  const std::vector<LogField>& fields) noexcept {
  logger_.log(level, component, message, fields);
  if (level == LogLevel::debug) return;
  const auto* const line = std::ranges::find(journalled_lines, message, &JournalledLine::text);
  if (line == journalled_lines.end() || is_repeated(fields)) return;
  keep(line->kind, message, fields);
}

void Journal::keep(std::string_view kind, std::string_view message, const std::vector<LogField>& fields) {
  JournalEntry entry{clock_->now(),
                     clock_->wall(),
                     kind,
                     shown_field(fields, "source"),
                     shown_field(fields, "pool"),
                     message_of(message, fields)};
  // Lines of owned pools name no source, because each is its own.
  if (entry.source.empty()) entry.source = entry.pool;
  const auto entries = entries_.access();
  entries->push_back(std::move(entry));
  if (entries->size() > capacity) entries->pop_front();
}

std::vector<JournalEntry> Journal::entries(Duration span) const {
  const TimePoint oldest = clock_->now() - span;
  const auto entries = entries_.access();
  const auto first =
      std::ranges::find_if(*entries, [oldest](const auto& entry) { return entry.at > oldest; });
  std::vector<JournalEntry> newest_first(first, entries->end());
  std::ranges::reverse(newest_first);
  return newest_first;
}

}  // namespace dbpool
