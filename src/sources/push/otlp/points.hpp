#pragma once

#include <cstddef>
#include <cstdint>
#include <protozero/pbf_message.hpp>
#include <string_view>
#include <vector>

#include "sources/push/otlp/attributes.hpp"
#include "sources/push/point.hpp"

namespace dbpool {

/// Reads one data point after the other. What a point needs is kept for the next one, so that a long push
/// costs no memory.
class OtlpPoints {
 public:
  static constexpr std::size_t most_buckets = 1000;
  static constexpr std::size_t most_exemplars = 64;

  /// Reads a point of this kind. Returns it; it is valid until the next call. throws Error or
  /// protozero::exception for bytes that are none.
  const PushedPoint& read(PointKind kind, std::string_view bytes);
  /// Describes why the point cannot be; "" if it can.
  std::string_view problem() const noexcept;

 private:
  template <typename Field>
  void read_shared(protozero::pbf_message<Field>& message);
  void read_number(std::string_view bytes);
  void read_histogram(std::string_view bytes);
  void read_exponential(std::string_view bytes);
  void read_summary(std::string_view bytes);
  void add_negative(std::string_view buckets);
  void add_exemplar(std::string_view bytes);
  void set_flags(std::int64_t flags) noexcept;

  PushedPoint point_;
  OtlpAttributes attributes_;
  std::vector<std::uint64_t> counts_;
  std::vector<double> bounds_;
  std::vector<PushedExemplar> exemplars_;
  bool lacks_number_ = false, has_negative_ = false;
};

}  // namespace dbpool
