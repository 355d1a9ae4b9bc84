#include "sources/push/otlp/points.hpp"

#include <algorithm>
#include <optional>

#include "sources/push/otlp/wire.hpp"

namespace dbpool {

namespace wire = otlp_wire;
using protozero::pbf_wire_type;

namespace {

constexpr std::size_t trace_id_size = 16, span_id_size = 8;

/// Appends a number unless the list is already longer than any that is used.
template <typename Number>
void append(std::vector<Number>& numbers, Number number) {
  if (numbers.size() <= OtlpPoints::most_buckets) numbers.push_back(number);
}

/// Appends the numbers of a repeated field, which may be packed or not.
void append_fixed(protozero::pbf_reader& field, std::vector<std::uint64_t>& counts) {
  if (field.wire_type() != pbf_wire_type::length_delimited) return append(counts, wire::fixed_of(field));
  for (const std::uint64_t count : field.get_packed_fixed64()) append(counts, count);
}
void append_doubles(protozero::pbf_reader& field, std::vector<double>& bounds) {
  if (field.wire_type() != pbf_wire_type::length_delimited) return append(bounds, wire::double_of(field));
  for (const double bound : field.get_packed_double()) append(bounds, bound);
}
void append_varints(protozero::pbf_reader& field, std::vector<std::uint64_t>& counts) {
  if (field.wire_type() != pbf_wire_type::length_delimited) {
    return append(counts, static_cast<std::uint64_t>(wire::varint_of(field)));
  }
  for (const std::uint64_t count : field.get_packed_uint64()) append(counts, count);
}

/// Appends the counts of buckets. Returns the offset of the first one.
std::int32_t read_buckets(std::string_view bytes, std::vector<std::uint64_t>& counts) {
  wire::Message<wire::Buckets> message(wire::viewed(bytes));
  std::int32_t offset = 0;
  while (message.next()) {
    switch (message.tag()) {
      case wire::Buckets::offset:
        offset = wire::zigzag_of(message);
        break;
      case wire::Buckets::counts:
        append_varints(message, counts);
        break;
      default:
        message.skip();
    }
  }
  return offset;
}

/// Returns an id, or "" if it has not the size of one or is all 0, which stands for none.
std::string_view id_of(std::string_view bytes, std::size_t size) {
  const bool is_id = bytes.size() == size && bytes.find_first_not_of('\0') != std::string_view::npos;
  return is_id ? bytes : std::string_view();
}

}  // namespace

const PushedPoint& OtlpPoints::read(PointKind kind, std::string_view bytes) {
  point_ = {};
  attributes_.clear();
  counts_.clear();
  bounds_.clear();
  exemplars_.clear();
  lacks_number_ = has_negative_ = false;
  switch (kind) {
    case PointKind::gauge:
    case PointKind::sum:
      read_number(bytes);
      break;
    case PointKind::histogram:
      read_histogram(bytes);
      break;
    case PointKind::exponential:
      read_exponential(bytes);
      break;
    case PointKind::summary:
      read_summary(bytes);
      break;
  }
  point_.attributes = attributes_.sorted();
  point_.exemplars = exemplars_;
  return point_;
}

std::string_view OtlpPoints::problem() const noexcept {
  if (const auto problem = attributes_.problem(); !problem.empty()) return problem;
  if (lacks_number_) return "no value";
  if (counts_.size() > most_buckets || bounds_.size() >= most_buckets) return "more than 1000 buckets";
  if (has_negative_) return "buckets of negative values";
  return "";
}

/// Reads a field that points of several kinds have; skips any other.
template <typename Field>
void OtlpPoints::read_shared(protozero::pbf_message<Field>& message) {
  if constexpr (requires { Field::sum; }) {
    if (message.tag() == Field::count) {
      point_.count = wire::fixed_of(message);
      return;
    }
    if (message.tag() == Field::sum) {
      point_.sum = wire::double_of(message);
      return;
    }
  }
  if constexpr (requires { Field::exemplars; }) {
    if (message.tag() == Field::exemplars) return add_exemplar(wire::bytes_of(message));
  }
  if (message.tag() == Field::start) {
    point_.start = wire::fixed_of(message);
  } else if (message.tag() == Field::time) {
    point_.time = wire::fixed_of(message);
  } else if (message.tag() == Field::attributes) {
    attributes_.add(wire::bytes_of(message));
  } else if (message.tag() == Field::flags) {
    set_flags(wire::varint_of(message));
  } else {
    message.skip();
  }
}

void OtlpPoints::read_number(std::string_view bytes) {
  wire::Message<wire::NumberPoint> message(wire::viewed(bytes));
  std::optional<double> value;
  while (message.next()) {
    switch (message.tag()) {
      case wire::NumberPoint::as_double:
        value = wire::double_of(message);
        break;
      case wire::NumberPoint::as_int:
        value = static_cast<double>(wire::signed_fixed_of(message));
        break;
      default:
        read_shared(message);
    }
  }
  point_.value = value.value_or(0);
  lacks_number_ = point_.has_value && !value;
}

void OtlpPoints::read_histogram(std::string_view bytes) {
  wire::Message<wire::HistogramPoint> message(wire::viewed(bytes));
  while (message.next()) {
    switch (message.tag()) {
      case wire::HistogramPoint::counts:
        append_fixed(message, counts_);
        break;
      case wire::HistogramPoint::bounds:
        append_doubles(message, bounds_);
        break;
      default:
        read_shared(message);
    }
  }
  point_.counts = counts_;
  point_.bounds = bounds_;
}

void OtlpPoints::read_exponential(std::string_view bytes) {
  wire::Message<wire::ExponentialPoint> message(wire::viewed(bytes));
  ExponentialBuckets& buckets = point_.exponential;
  while (message.next()) {
    switch (message.tag()) {
      case wire::ExponentialPoint::scale:
        buckets.scale = wire::zigzag_of(message);
        break;
      case wire::ExponentialPoint::zero_count:
        buckets.zero_count = wire::fixed_of(message);
        break;
      case wire::ExponentialPoint::zero_threshold:
        buckets.zero_threshold = wire::double_of(message);
        break;
      case wire::ExponentialPoint::positive:
        buckets.offset = read_buckets(wire::bytes_of(message), counts_);
        break;
      case wire::ExponentialPoint::negative:
        add_negative(wire::bytes_of(message));
        break;
      default:
        read_shared(message);
    }
  }
  buckets.counts = counts_;
}

void OtlpPoints::read_summary(std::string_view bytes) {
  wire::Message<wire::SummaryPoint> message(wire::viewed(bytes));
  point_.sum = 0;  // not sent where it is 0, unlike a histogram's
  while (message.next()) read_shared(message);
}

void OtlpPoints::add_negative(std::string_view buckets) {
  std::vector<std::uint64_t> counts;
  read_buckets(buckets, counts);
  const bool counts_any = std::ranges::any_of(counts, [](std::uint64_t count) { return count != 0; });
  has_negative_ = has_negative_ || counts_any || counts.size() > most_buckets;
}

void OtlpPoints::add_exemplar(std::string_view bytes) {
  wire::Message<wire::Exemplar> message(wire::viewed(bytes));
  PushedExemplar exemplar;
  while (message.next()) {
    switch (message.tag()) {
      case wire::Exemplar::time:
        exemplar.time = wire::fixed_of(message);
        break;
      case wire::Exemplar::as_double:
        exemplar.value = wire::double_of(message);
        break;
      case wire::Exemplar::as_int:
        exemplar.value = static_cast<double>(wire::signed_fixed_of(message));
        break;
      case wire::Exemplar::span_id:
        exemplar.span_id = id_of(wire::bytes_of(message), span_id_size);
        break;
      case wire::Exemplar::trace_id:
        exemplar.trace_id = id_of(wire::bytes_of(message), trace_id_size);
        break;
      default:
        message.skip();
    }
  }
  if (exemplars_.size() < most_exemplars) exemplars_.push_back(exemplar);
}

void OtlpPoints::set_flags(std::int64_t flags) noexcept {
  point_.has_value = (static_cast<std::uint64_t>(flags) & wire::no_recorded_value) == 0;
}

}  // namespace dbpool
