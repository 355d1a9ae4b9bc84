#include "sources/push/otlp/answer.hpp"

#include <nlohmann/json.hpp>
#include <protozero/pbf_writer.hpp>

#include "sources/push/otlp/wire.hpp"

namespace dbpool {

namespace wire = otlp_wire;

namespace {

constexpr int invalid_argument = 3;  ///< of google.rpc.Code

template <typename Field>
constexpr protozero::pbf_tag_type tag(Field field) {
  return static_cast<protozero::pbf_tag_type>(field);
}

OtlpAnswer answer(int status, OtlpEncoding encoding, std::string body) {
  return {status, encoding == OtlpEncoding::json ? "application/json" : "application/x-protobuf",
          std::move(body)};
}

std::string text_of(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

OtlpAnswer otlp_accepted(OtlpEncoding encoding, std::uint64_t malformed, const std::string& why) {
  const bool is_json = encoding == OtlpEncoding::json;
  if (malformed == 0) return answer(200, encoding, is_json ? "{}" : "");
  if (is_json) {
    // 64-bit integers are texts in the JSON of protobuf.
    return answer(200, encoding,
                  text_of({{"partialSuccess",
                            {{"rejectedDataPoints", std::to_string(malformed)}, {"errorMessage", why}}}}));
  }
  std::string part;
  protozero::pbf_writer partial(part);
  partial.add_int64(tag(wire::PartialSuccess::rejected), static_cast<std::int64_t>(malformed));
  partial.add_string(tag(wire::PartialSuccess::message), why);
  std::string body;
  protozero::pbf_writer(body).add_message(tag(wire::Response::partial_success), part);
  return answer(200, encoding, std::move(body));
}

OtlpAnswer otlp_refused(OtlpEncoding encoding, int status, const std::string& why) {
  if (encoding == OtlpEncoding::json) {
    return answer(
        status, encoding,
        text_of({{"status", "error"}, {"error", why}, {"code", invalid_argument}, {"message", why}}));
  }
  std::string body;
  protozero::pbf_writer writer(body);
  writer.add_int32(tag(wire::Status::code), invalid_argument);
  writer.add_string(tag(wire::Status::message), why);
  return answer(status, encoding, std::move(body));
}

}  // namespace dbpool
