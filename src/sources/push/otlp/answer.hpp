#pragma once

#include <cstdint>
#include <string>

namespace dbpool {

/// The encodings of OTLP over HTTP.
enum class OtlpEncoding { protobuf, json };

/// The answer to an OTLP request, in the encoding of the request.
struct OtlpAnswer {
  int status = 200;
  std::string content_type, body;
};

/// Returns the answer to a body whose points were accepted, but for `malformed` ones; `why` describes one of
/// them.
OtlpAnswer otlp_accepted(OtlpEncoding encoding, std::uint64_t malformed, const std::string& why);
/// Returns the answer to a body that cannot be used, by its status: 400 or 413.
OtlpAnswer otlp_refused(OtlpEncoding encoding, int status, const std::string& why);

}  // namespace dbpool
