#pragma once

#include <string_view>

namespace dbpool {

/// The status page as one HTML document, with its style and script inline and the placeholders `%VERSION%`
/// and `%TELEMETRY_PATH%`. The build creates it from the files in this folder.
extern const std::string_view status_document;
/// The Content-Security-Policy that allows this style and this script, and nothing else.
extern const std::string_view status_document_policy;

}  // namespace dbpool
