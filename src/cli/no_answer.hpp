#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "cli/terminal_text.hpp"
#include "dbpool/model/error.hpp"

namespace dbpool {

/// The exporter did not answer, or answered what cannot be used. The text describes it and says what to
/// check, each line with its newline.
class NoAnswer : public Error {
 public:
  /// `advice`: what to check; it gets lines of its own, "" = nothing.
  explicit NoAnswer(std::string what, std::string_view advice = "")
      : Error(std::move(what) + "\n" + (advice.empty() ? "" : wrapped("  ", advice))) {}
};

}  // namespace dbpool
