#include "sources/push/events/verbs.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sources/whole_count.hpp"

namespace dbpool {
namespace {

/// What the values of a verb are, which decides the types that it may have.
enum class VerbValue { duration, count, gauge };

struct VerbRow {
  std::string_view name;
  Verb verb;
  VerbValue value;
};

constexpr auto verb_rows = std::to_array<VerbRow>({
    {"acquired", Verb::acquired, VerbValue::duration},
    {"released", Verb::released, VerbValue::duration},
    {"acquire_timeout", Verb::acquire_timeout, VerbValue::duration},
    {"connected", Verb::connected, VerbValue::duration},
    {"acquire_rejected", Verb::acquire_rejected, VerbValue::count},
    {"connect_failed", Verb::connect_failed, VerbValue::count},
    {"closed", Verb::closed, VerbValue::count},
    {"error", Verb::error, VerbValue::count},
    {"idle", Verb::idle, VerbValue::gauge},
    {"active", Verb::active, VerbValue::gauge},
    {"opening", Verb::opening, VerbValue::gauge},
    {"waiting", Verb::waiting, VerbValue::gauge},
    {"min", Verb::min, VerbValue::gauge},
    {"max", Verb::max, VerbValue::gauge},
});

bool has_type(const StatsdLine& line, VerbValue value) {
  switch (line.type) {
    case StatsdType::timing:
    case StatsdType::histogram:
    case StatsdType::distribution:
      return value == VerbValue::duration;
    case StatsdType::counter:
      return value == VerbValue::count;
    case StatsdType::gauge:
      return value == VerbValue::gauge && !line.is_signed;
    case StatsdType::set:
      return false;
  }
  return false;
}

bool has_values(const StatsdLine& line, VerbValue value) {
  constexpr double longest = std::chrono::duration<double, std::milli>(EventLimits::duration).count();
  if (value == VerbValue::duration)
    return std::ranges::all_of(line.values, [](double ms) { return ms >= 0 && ms <= longest; });
  if (!std::ranges::all_of(line.values, [](double number) { return whole_count(number).has_value(); }))
    return false;
  if (value == VerbValue::gauge) return true;
  double sum = 0;
  for (const double number : line.values) sum += number;
  return sum * line.weight <= EventLimits::count;
}

/// Finds the name of an enumerator.
template <typename Enum, typename Names>
std::optional<Enum> enumerator(const Names& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

/// Takes a tag over. Tags that are not ours are ignored.
void read_tag(EventLine& event, const SampleLabel& tag) {
  if (tag.name == "pool") event.pool = tag.value;
  if (tag.name == "lease") event.lease = tag.value;
  if (tag.name == "site") event.site = tag.value;
  if (tag.name == "trace_id" && tag.value.size() <= EventLimits::trace) event.trace_id = tag.value;
  if (tag.name == "reason") event.reason = enumerator<CloseReason>(close_reason_names, tag.value);
  if (tag.name == "error_type")
    event.error = enumerator<ErrorKind>(error_kind_names, tag.value).value_or(ErrorKind::other);
}

/// Returns whether the tags of an event go together.
bool has_tags(const EventLine& event) {
  const bool is_of_lease = event.verb == Verb::acquired || event.verb == Verb::released;
  if (is_of_lease && !event.lease.empty() && (event.values.size() > 1 || event.weight != 1)) return false;
  if (event.verb == Verb::closed && !event.reason) return false;
  return event.pool.size() <= EventLimits::name && event.lease.size() <= EventLimits::name;
}

}  // namespace

std::uint64_t EventLine::times() const noexcept {
  return static_cast<std::uint64_t>(std::llround(weight));
}

std::uint64_t EventLine::count() const noexcept {
  double sum = 0;
  for (const double value : values) sum += value;
  return static_cast<std::uint64_t>(std::llround(sum * weight));
}

std::optional<EventLine> read_event(const StatsdLine& line) {
  const std::string_view name = line.name.substr(event_prefix.size());
  const auto row = std::ranges::find(verb_rows, name, &VerbRow::name);
  if (row == verb_rows.end() || !has_type(line, row->value) || !has_values(line, row->value))
    return std::nullopt;
  EventLine event{.verb = row->verb, .values = line.values, .weight = line.weight};
  event.time = line.time;
  for (std::size_t i = line.tags.size(); i > 0; --i) read_tag(event, line.tags[i - 1]);
  return has_tags(event) ? std::optional(event) : std::nullopt;
}

std::chrono::nanoseconds duration_of(double milliseconds) {
  return std::chrono::round<std::chrono::nanoseconds>(
      std::chrono::duration<double, std::milli>(milliseconds));
}

}  // namespace dbpool
