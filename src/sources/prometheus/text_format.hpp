#pragma once

#include <string_view>

namespace dbpool {

/// The text formats of Prometheus. They differ in the names within a family, in timestamps, in exemplars and
/// in the end of the text.
enum class TextFormat {
  prometheus,   ///< `text/plain; version=0.0.4`
  openmetrics,  ///< `application/openmetrics-text; version=1.0.0`
};

/// Returns the format that a Content-Type announces. Only OpenMetrics has a name of its own: applications
/// send the older format as text/plain, as other types and without any.
TextFormat text_format(std::string_view content_type);

}  // namespace dbpool
