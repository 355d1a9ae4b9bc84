#include "sources/prometheus/families.hpp"

namespace dbpool {
namespace {

constexpr std::size_t longest_word = 1024;

/// How the names of a family's samples may end in OpenMetrics alone.
struct Suffix {
  std::string_view text;
  FamilyType type;
  SampleRole role;
};

// Besides those of `part_endings`.
constexpr Suffix openmetrics_suffixes[] = {
    {"_total", FamilyType::counter, SampleRole::value},
    {"_created", FamilyType::counter, SampleRole::created},
    {"_created", FamilyType::histogram, SampleRole::created},
    {"_created", FamilyType::summary, SampleRole::created},
    {"_bucket", FamilyType::gauge_histogram, SampleRole::bucket},
    {"_gsum", FamilyType::gauge_histogram, SampleRole::sum},
    {"_gcount", FamilyType::gauge_histogram, SampleRole::count},
    {"_info", FamilyType::info, SampleRole::value},
};

bool has_part(FamilyType type, SampleRole part) {
  return type == FamilyType::histogram || (type == FamilyType::summary && part != SampleRole::bucket);
}

/// Returns what a name's ending says in a family of a type; nullopt if such a family has no such samples.
std::optional<SampleRole> role_of(std::string_view ending, FamilyType type, TextFormat format) {
  if (ending.empty()) return SampleRole::value;
  for (const PartEnding& part : part_endings) {
    if (part.text == ending && has_part(type, part.role)) return part.role;
  }
  if (format == TextFormat::prometheus) return std::nullopt;
  for (const Suffix& suffix : openmetrics_suffixes) {
    if (suffix.text == ending && suffix.type == type) return suffix.role;
  }
  return std::nullopt;
}

std::optional<std::string> word_limit(std::string_view what, std::string_view word) {
  if (word.size() <= longest_word) return std::nullopt;
  return std::string(what) + " of at most " + std::to_string(longest_word) + " bytes";
}

}  // namespace

std::optional<std::string> Families::declare_type(std::string_view name, FamilyType type) {
  if (auto limit = declare(name)) return limit;
  current_->second.type = type;
  return std::nullopt;
}

std::optional<std::string> Families::declare_unit(std::string_view name, std::string_view unit) {
  if (auto limit = word_limit("a unit", unit)) return limit;
  if (auto limit = declare(name)) return limit;
  current_->second.unit = unit;
  return std::nullopt;
}

/// Makes the family the current one.
std::optional<std::string> Families::declare(std::string_view name) {
  auto found = families_.find(name);
  if (found == families_.end()) {
    if (auto limit = word_limit("the name of a family", name)) return limit;
    if (families_.size() == most_) return "at most " + std::to_string(most_) + " families";
    found = families_.emplace(name, Family{}).first;
  }
  current_ = &*found;
  return std::nullopt;
}

void Families::assign(ScrapedSample& sample) const {
  const auto assign = [&](const ByName::value_type& family, SampleRole role) {
    sample.family = family.first;
    sample.type = family.second.type;
    sample.unit = family.second.unit;
    sample.role = role;
  };
  const std::string_view name = sample.name;
  if (current_ != nullptr && name.starts_with(current_->first)) {
    const auto ending = name.substr(current_->first.size());
    if (const auto role = role_of(ending, current_->second.type, format_)) return assign(*current_, *role);
  }
  if (const auto exact = families_.find(name); exact != families_.end())
    return assign(*exact, SampleRole::value);
  sample.family = name;
  const auto underscore = name.rfind('_');  // each ending begins with its only one
  if (underscore == std::string_view::npos) return;
  const auto base = families_.find(name.substr(0, underscore));
  if (base == families_.end()) return;
  if (const auto role = role_of(name.substr(underscore), base->second.type, format_)) assign(*base, *role);
}

}  // namespace dbpool
