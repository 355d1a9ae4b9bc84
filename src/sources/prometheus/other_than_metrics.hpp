#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dbpool {

/// Describes an answer that is clearly not a metrics text, by its first line that is not blank: HTML, XML,
/// JSON or compressed. nullopt = it may be metrics. Does not quote it. Pure.
std::optional<std::string> other_than_metrics(std::string_view first_line);

}  // namespace dbpool
