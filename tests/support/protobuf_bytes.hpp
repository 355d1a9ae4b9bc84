#pragma once

#include <bit>
#include <cstdint>
#include <string>

// Protobuf and OTLP written byte by byte, so that an error in the field numbers of the code shows.
namespace dbpool::test {

/// Returns the bytes of a number.
inline std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7U) bytes.push_back(static_cast<char>((number & 0x7fU) | 0x80U));
  return bytes + static_cast<char>(number);
}
inline std::string tag(unsigned field, unsigned wire_type) {
  return varint((field << 3U) | wire_type);
}
/// Returns a field that holds bytes: a message, a text or packed numbers.
inline std::string part(unsigned field, const std::string& bytes) {
  return tag(field, 2) + varint(bytes.size()) + bytes;
}
/// Returns a field that holds a varint.
inline std::string whole(unsigned field, std::uint64_t number) {
  return tag(field, 0) + varint(number);
}
inline std::string eight(std::uint64_t number) {
  std::string bytes;
  for (unsigned at = 0; at < 8; ++at) bytes.push_back(static_cast<char>((number >> (8 * at)) & 0xffU));
  return bytes;
}
inline std::string fixed(unsigned field, std::uint64_t number) {
  return tag(field, 1) + eight(number);
}
inline std::string real(unsigned field, double number) {
  return fixed(field, std::bit_cast<std::uint64_t>(number));
}

/// The numbers of the members of a Metric.
enum Data : unsigned { gauge = 5, sum = 7, histogram = 9, exponential = 10, summary = 11 };

/// Returns a request with the metric `m`, whose further fields are given.
inline std::string metric_with(const std::string& metric) {
  return part(1, part(2, part(2, part(1, "m") + metric)));
}
/// Returns a request with one point.
inline std::string request_of(Data data, const std::string& point) {
  return metric_with(part(data, part(1, point)));
}

/// Returns a KeyValue with an AnyValue.
inline std::string attribute(const std::string& name, const std::string& any) {
  return part(1, name) + part(2, any);
}

}  // namespace dbpool::test
