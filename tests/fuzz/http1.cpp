// A request in HTTP/1.1 has one meaning, however its bytes are split; its body is within the rules of its
// route.
#include <algorithm>
#include <set>
#include <string>

#include "fuzz_target.hpp"
#include "web/http1/request_reader.hpp"

using namespace dbpool;
using test::require;

namespace {

constexpr std::size_t limit = 64;

/// What became of a request, as text.
std::string outcome_of(RequestReader& reader, const std::optional<RequestReader::Outcome>& outcome) {
  if (!outcome) return "nothing was sent";
  if (const auto* const refusal = std::get_if<Response>(&*outcome)) {
    return std::to_string(refusal->status) + ' ' + refusal->body + (reader.is_for_head_only() ? " HEAD" : "");
  }
  const auto& [admitted, body] = std::get<RequestReader::Read>(*outcome);
  const Request& head = admitted.head();
  std::string text = head.method + ' ' + head.path + '?' + head.query + ' ' + head.version + '\n';
  for (const Header& header : head.headers) text += header.name + ':' + header.value + '\n';
  require(body.text.size() <= limit, "a body is within the limit of its route", text);
  // How much of a body that is refused was read before depends on the split.
  if (body.end == BodyEnd::complete) text += body.text;
  return text + std::to_string(static_cast<int>(body.end));
}

/// Reads `bytes` in parts; each size is the next of `sizes`, again and again.
std::string read(std::string_view bytes, std::string_view sizes, const Router& router) {
  RequestReader reader([&](Request head) { return router.admit(std::move(head)); });
  for (std::size_t i = 0; !bytes.empty(); ++i) {
    const std::size_t size =
        sizes.empty() ? bytes.size() : 1 + static_cast<unsigned char>(sizes[i % sizes.size()]);
    const auto outcome = reader.feed(bytes.substr(0, size));
    if (outcome) return outcome_of(reader, outcome);
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
  return outcome_of(reader, reader.end());
}

}  // namespace

/// Input: a line with the sizes of the parts, each a byte; then what a client sends.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  test::Input input(bytes, size);
  const std::string_view sizes = input.line();
  const auto rules = std::make_shared<const BodyRules>(BodyRules{.limit = limit, .inflates = true});
  const auto answer = [](const Request& request) { return text_response(request.body); };
  const Router router({{{"POST"}, "/v1/metrics", answer, {}, rules}, {{"GET"}, "/", answer}});

  const std::string whole = read(input.rest(), "", router);
  require(read(input.rest(), sizes, router) == whole, "the split of the bytes has no meaning", whole);
  require(read(input.rest(), std::string_view("\0", 1), router) == whole, "nor has one byte at a time",
          whole);
  return 0;
}
