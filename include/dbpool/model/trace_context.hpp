#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace dbpool {

/// Identifies a span of a distributed trace, as in https://www.w3.org/TR/trace-context. A plain value.
struct TraceContext {
  std::array<std::uint8_t, 16> trace_id{};  ///< all 0 = not known
  std::array<std::uint8_t, 8> span_id{};    ///< all 0 = not known

  /// Returns whether the trace is known.
  bool is_valid() const noexcept { return trace_id != decltype(trace_id){}; }

  bool operator==(const TraceContext&) const = default;
};

/// Returns the span that a `traceparent` header names. It is not valid if the header is malformed, or if the
/// trace is not sampled, because then there is nothing to look up.
TraceContext trace_context(std::string_view traceparent) noexcept;

/// Returns the id of a trace in 32 hexadecimal digits; "" if it is not known.
std::string trace_id_text(const TraceContext& trace);

}  // namespace dbpool
