#include "sources/mapping/mapped_pool.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "sources/mapping/distribution_sum.hpp"

namespace dbpool {
namespace {

constexpr auto acquisition = &PoolSnapshot::acquisition_duration;
constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

/// Returns whether bounds are fine enough to show waits.
bool has_bound_for_waits(const Histogram& histogram) {
  constexpr double least = 0.001, most = 1;
  return std::ranges::any_of(histogram.bounds(),
                             [](double bound) { return bound >= least && bound <= most; });
}

bool has_rule(const MappedView& view, std::string_view field) {
  return std::ranges::any_of(view.rules, [&](const MappedRule& rule) { return rule.name == field; });
}

/// Returns whether a view has the counters of whole databases, whose connections are in other pools.
bool is_of_databases(const MappedView& view) {
  static constexpr std::array<std::string_view, 4> of_pools{"idle", "active", "total", "waiting"};
  return std::ranges::none_of(of_pools, [&](std::string_view field) { return has_rule(view, field); });
}

double total_in(const Parts& parts) {
  double sum = 0;
  for (const auto& [part, number] : parts) sum += number;
  return sum;
}

/// Returns whether a field's values of several processes may simply be added. Those of a limit may not,
/// because 0 means "unlimited".
bool adds_up(const MappedField& field) {
  const Total total = total_of(field);
  const bool is_sum = total == Total::sum || total == Total::sum_of_wholes;
  return is_sum && !is_unlimited(field, 0);
}

/// Returns whether a rule's value may fall though its field only grows: where it is, or may become, a
/// difference.
bool may_fall(const MappedRule& rule) {
  const auto is_difference = [](const MappedSum& sum) {
    return std::ranges::any_of(sum.terms, [](const auto& term) { return term.factor < 0; });
  };
  return is_counter(rule.field) && std::ranges::any_of(rule.alternatives, is_difference);
}

PoolKey key_of(const MappedPool& pool, const MappedView& view, std::string_view source) {
  PoolKey::Parts parts{.source = std::string(source)};
  if (pool.name.empty()) return PoolKey(parts);
  const bool is_entry = view.pool.text() == "{database}" && is_of_databases(view);
  if (is_entry) parts.scope = PoolScope::database;
  // Where the name has a service in front of it, its parts do not make the label.
  if (view.pool.text() == "{database}/{user}" && pool.name == pool.database + '/' + pool.user) {
    parts.database = pool.database;
    parts.user = pool.user;
  } else if (is_entry && pool.name == pool.database) {
    parts.database = pool.database;
  } else {
    parts.name = pool.name;
  }
  return PoolKey(parts);
}

class Figures {
 public:
  Figures(const MappedPool& pool, const MappedView& view, std::string_view source,
          const FiguresContext& context)
      : pool_(pool), view_(view), context_(context) {
    draft_.snapshot.key = key_of(pool, view, source);
    draft_.snapshot.info.database = pool.database;
    draft_.snapshot.info.user = pool.user;
  }

  PoolSnapshot take() && {
    for (const MappedRule& rule : view_.rules) {
      if (const auto* const member = std::get_if<HistogramMember>(&rule.field)) set_histogram(rule, *member);
    }
    for (const MappedRule& rule : view_.rules) {
      if (!std::holds_alternative<HistogramMember>(rule.field)) set_number(rule);
    }
    count_acquisitions();
    report_repeated();
    return finished(std::move(draft_));
  }

 private:
  const std::string& label() const { return draft_.snapshot.label(); }
  const std::string& name_of(std::size_t series) const {
    return context_.mapping.series()[series].selector.name;
  }

  /// Returns the first alternative whose series are all among `present`.
  template <typename Present>
  static const MappedSum* existing(const MappedRule& rule, const Present& present) {
    const auto exists = [&](const MappedSum& sum) {
      return std::ranges::all_of(sum.terms, [&](const auto& term) { return present.contains(term.series); });
    };
    const auto found = std::ranges::find_if(rule.alternatives, exists);
    return found == rule.alternatives.end() ? nullptr : &*found;
  }

  void set_histogram(const MappedRule& rule, HistogramMember member) {
    const MappedSum* const sum = existing(rule, pool_.distributions);
    if (sum == nullptr) return;
    Distribution made = pool_.distributions.at(sum->terms.front().series);
    for (std::size_t i = 1; i < sum->terms.size(); ++i)
      made = sum_of(made, pool_.distributions.at(sum->terms[i].series));
    if (!made.problem.empty()) {
      for (const auto& term : sum->terms) refused_.insert(name_of(term.series));
      return context_.hints.add(rule.name,
                                rule.name + " of pool " + label() + " is not known: " + made.problem);
    }
    draft_.snapshot.*member = made.histogram;
    if (member != acquisition) return;
    report_coarse(made);
    acquisitions_ = std::move(made);
  }

  /// Reports acquisitions whose buckets do not show how long callers wait.
  void report_coarse(const Distribution& made) {
    if (made.histogram && has_bound_for_waits(*made.histogram)) return;
    if (!made.histogram && view_.bounds_cure.empty()) return;
    const std::string cure(view_.bounds_cure.empty() ? "add such bounds" : view_.bounds_cure);
    context_.hints.add("bounds", "acquisition_duration of pool " + label() +
                                     " has no bucket bound from 1 ms to 1 s, so it does not show how long"
                                     " callers wait; at the target, " +
                                     cure);
  }

  void set_number(const MappedRule& rule) {
    const MappedSum* const sum = existing(rule, pool_.numbers);
    if (sum == nullptr || uses_refused(*sum)) return;
    const double value = value_of(rule, *sum);
    if (set_field(draft_, rule.field, value) || std::isnan(value)) return;
    context_.hints.add(rule.name, rule.name + " of pool " + label() + " is not known: " + names_in(*sum) +
                                      " give a number that it cannot have, such as a"
                                      " negative or a broken count");
  }

  /// Returns the series of a sum for messages.
  std::string names_in(const MappedSum& sum) const {
    std::string names;
    for (const auto& term : sum.terms) {
      const std::string& name = name_of(term.series);
      if (!name.empty()) names += (names.empty() ? " " : ", ") + name;
    }
    return "its series" + names;
  }

  double value_of(const MappedRule& rule, const MappedSum& sum) {
    if (sum.terms.empty()) return sum.number;
    if (has_too_many(sum)) return not_known;
    if (has_several_parts(sum) && !adds_up(rule.field)) return value_of_parts(rule, sum);
    double value = 0, minuend = 0;
    for (const auto& [series, factor] : sum.terms) {
      const double part = times(total_in(pool_.numbers.at(series)), factor);
      value += part;
      if (factor > 0) minuend += part;
    }
    if (!std::isfinite(value) || !may_fall(rule)) return value;
    return context_.kept.kept(label() + '\n' + rule.name, value, minuend);
  }

  /// Returns the value of a field whose values in several processes do not simply add up.
  double value_of_parts(const MappedRule& rule, const MappedSum& sum) {
    const Total total = total_of(rule.field);
    if (total == Total::none) {
      context_.hints.add(rule.name, rule.name + " of pool " + label() +
                                        " is not known: several of its series come to the pool, and their"
                                        " values do not add up; pool with one more label keeps them apart");
      return not_known;
    }
    double value = total == Total::largest ? not_known : 0;
    for (const auto& [part, number] : pool_.numbers.at(sum.terms.front().series)) {
      const double of_part = value_of_part(sum, part);
      if (is_unlimited(rule.field, of_part)) return of_part;
      value = total == Total::largest ? std::fmax(value, of_part) : value + of_part;
    }
    return value;
  }

  /// Returns the value of a sum in one process; NaN where that lacks a series.
  double value_of_part(const MappedSum& sum, std::size_t part) const {
    double value = 0;
    for (const auto& [series, factor] : sum.terms) {
      const Parts& parts = pool_.numbers.at(series);
      const auto found = parts.find(part);
      value += found == parts.end() ? not_known : times(found->second, factor);
    }
    return value;
  }

  bool has_too_many(const MappedSum& sum) const {
    return std::ranges::any_of(sum.terms,
                               [&](const auto& term) { return pool_.too_many.contains(term.series); });
  }
  bool has_several_parts(const MappedSum& sum) const {
    return std::ranges::any_of(sum.terms,
                               [&](const auto& term) { return pool_.numbers.at(term.series).size() > 1; });
  }

  /// Returns whether a sum uses the count or the sum of a distribution that contradicts itself.
  bool uses_refused(const MappedSum& sum) const {
    return std::ranges::any_of(sum.terms, [&](const auto& term) {
      const std::string& name = name_of(term.series);
      return std::ranges::any_of(refused_, [&](const std::string& family) {
        return std::ranges::any_of(part_endings, [&](const PartEnding& ending) {
          return name == family + std::string(ending.text);
        });
      });
    });
  }

  /// Takes the acquisitions and their waits from their distribution where no rule has them. Waits have one
  /// place: the histogram, or else their sum.
  void count_acquisitions() {
    PoolSnapshot& s = draft_.snapshot;
    if (!has_rule(view_, "acquisitions")) s.acquisitions = acquisitions_.count;
    if (!has_rule(view_, "wait_seconds")) s.wait_seconds = acquisitions_.sum;
    if (s.acquisition_duration) s.wait_seconds.reset();
  }

  void report_repeated() {
    for (const std::size_t series : pool_.repeated) {
      if (&context_.mapping.views()[context_.mapping.series()[series].view] != &view_) continue;
      const std::string name = name_of(series).empty() ? "one pattern" : name_of(series);
      context_.hints.add("repeated " + name,
                         view_.sum ? "a series of " + name + " of pool " + label() +
                                         " has the same labels as one before it, and is left out"
                                   : "several series of " + name + " belong to pool " + label() +
                                         ", and the first one counts; sum: true adds them up, and pool with"
                                         " one more label keeps them apart");
    }
  }

  const MappedPool& pool_;
  const MappedView& view_;
  const FiguresContext& context_;
  PoolDraft draft_;
  std::set<std::string> refused_;  ///< families that contradict themselves
  Distribution acquisitions_;
};

}  // namespace

PoolSnapshot figures_of(const MappedPool& pool, const MappedView& view, std::string_view source,
                        const FiguresContext& context) {
  return Figures(pool, view, source, context).take();
}

}  // namespace dbpool
