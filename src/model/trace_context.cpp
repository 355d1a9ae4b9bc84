#include "dbpool/model/trace_context.hpp"

#include <cstddef>
#include <span>

#include "model/hexadecimal.hpp"

namespace dbpool {
namespace {

/// Fills `bytes` from lower-case hexadecimal digits, as many as it needs. Returns whether they were all
/// digits.
bool read_bytes(std::string_view digits, std::span<std::uint8_t> bytes) noexcept {
  if (digits.find_first_not_of("0123456789abcdef") != std::string_view::npos) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = hexadecimal_byte(digits.substr(2 * i, 2));
    if (!byte) return false;
    bytes[i] = *byte;
  }
  return true;
}

}  // namespace

TraceContext trace_context(std::string_view traceparent) noexcept {
  // 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01; later versions may append to it.
  constexpr std::size_t trace_at = 3, span_at = 36, flags_at = 53, size = 55;
  constexpr std::uint8_t invalid_version = 0xFF, sampled = 1;
  if (traceparent.size() < size) return {};
  const bool has_dashes = traceparent[trace_at - 1] == '-' && traceparent[span_at - 1] == '-' &&
                          traceparent[flags_at - 1] == '-' &&
                          (traceparent.size() == size || traceparent[size] == '-');
  std::array<std::uint8_t, 1> version{}, flags{};
  TraceContext context;
  const bool has_digits =
      read_bytes(traceparent.substr(0, 2), version) &&
      read_bytes(traceparent.substr(trace_at, 2 * context.trace_id.size()), context.trace_id) &&
      read_bytes(traceparent.substr(span_at, 2 * context.span_id.size()), context.span_id) &&
      read_bytes(traceparent.substr(flags_at, 2), flags);
  const bool is_version_0 = version[0] == 0;
  const bool has_known_form = version[0] != invalid_version && (traceparent.size() == size || !is_version_0);
  const bool is_sampled = (flags[0] & sampled) != 0;
  const bool names_span = context.span_id != decltype(context.span_id){};
  const bool is_known = context.is_valid() && names_span;
  if (!has_dashes || !has_digits || !has_known_form || !is_sampled || !is_known) return {};
  return context;
}

std::string trace_id_text(const TraceContext& trace) {
  return trace.is_valid() ? hexadecimal_text(trace.trace_id) : std::string();
}

}  // namespace dbpool
