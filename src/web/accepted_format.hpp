#pragma once

#include <string_view>

#include "exposition/text_writer.hpp"

namespace dbpool {

/// Returns the format that an `Accept` header prefers (RFC 9110, section 12.5.1): OpenMetrics 1.0 if it
/// weighs more than the text format, or as much and the header names it. Anything else is the text format,
/// even where the header accepts neither.
MetricsFormat accepted_format(std::string_view accept);

/// Returns the Content-Type of a format.
std::string_view content_type_of(MetricsFormat format);

}  // namespace dbpool
