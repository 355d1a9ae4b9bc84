#pragma once

#include <string_view>

namespace dbpool {

/// The status page as one HTML document, its style and script inline; `%VERSION%` and `%TELEMETRY_PATH%` are
/// yet to be filled in. The build makes it from the files in this folder.
extern const std::string_view status_document;
/// The Content-Security-Policy under which that style and that script run, and nothing else.
extern const std::string_view status_document_policy;

}  // namespace dbpool
