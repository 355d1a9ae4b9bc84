#pragma once

#include <cstdint>
#include <string_view>

namespace dbpool {

/// The messages of OTLP that are read from JSON.
enum class OtlpMessage {
  request,
  resource_metrics,
  resource,
  scope_metrics,
  scope,
  metric,
  gauge,
  sum,
  histogram,
  exponential,
  summary,
  number_point,
  histogram_point,
  exponential_point,
  buckets,
  summary_point,
  exemplar,
  key_value,
  any_value
};

/// How the value of a key is written, in JSON and in protobuf.
enum class OtlpType {
  message,
  text,
  id,
  truth,
  temporality,
  fixed,
  signed_fixed,
  real,
  varint,
  signed_varint,
  zigzag
};

/// A key of a message.
struct OtlpKey {
  OtlpMessage of;
  std::string_view key;
  std::uint32_t field;  ///< number in protobuf; at most 31
  OtlpType type;
  bool is_repeated = false;
  OtlpMessage message{};        ///< of a value that is a message
  bool is_alternative = false;  ///< a message has at most one of its keys with this
};

/// Returns the key of a message; nullptr if it is not read.
const OtlpKey* otlp_key(OtlpMessage of, std::string_view key);

}  // namespace dbpool
