#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "dbpool/model/histogram.hpp"
#include "model/figures.hpp"
#include "sources/pool_fields.hpp"

namespace dbpool {

using HistogramMember = std::shared_ptr<const Histogram> PoolSnapshot::*;

/// What an expression may fill: a number of the table of fields, or a histogram.
using MappedField = std::variant<const PoolField*, HistogramMember>;

/// Returns the field of a name such as `idle`, `usage_duration`, `closed.max_lifetime` or `errors.timeout`;
/// nullopt for an unknown name and for a field that takes a text.
std::optional<MappedField> find_mapped_field(std::string_view name);

/// Returns the names of all such fields, in the order of the documentation.
std::vector<std::string> mapped_field_names();

/// Returns whether the field only grows.
bool is_counter(const MappedField& field);

/// Returns how the values of several processes make the value of a field. Histograms add up by themselves.
Total total_of(const MappedField& field);

/// Returns whether the field is a limit and the number means "unlimited": 0 or, in Java, -1.
bool is_unlimited(const MappedField& field, double value);

/// Sets a field by a number unless it is known already. Returns false for a number that it cannot have, such
/// as NaN or a negative count, and leaves the field unknown, as an unlimited limit does. REQUIRES: it is no
/// histogram.
bool set_field(PoolDraft& pool, const MappedField& field, double value);

}  // namespace dbpool
