#include "web/http1/request_reader.hpp"

#include <strings.h>

#include <charconv>
#include <utility>

namespace dbpool {
namespace {

/// Returns the announced length of a body that is admitted; nullopt = it comes in chunks.
std::optional<std::size_t> announced_length(const Request& request) {
  const auto text = request.header("Content-Length");
  if (!text) return std::nullopt;
  std::size_t length = 0;
  std::from_chars(text->data(), text->data() + text->size(), length);
  return length;
}

}  // namespace

std::optional<RequestReader::Outcome> RequestReader::feed(std::string_view bytes) {
  if (!admitted_) {
    if (auto outcome = feed_head(bytes)) return outcome;
    if (!admitted_) return std::nullopt;
  }
  return feed_body(bytes);
}

std::optional<RequestReader::Outcome> RequestReader::admit_now() {
  if (auto outcome = admit(std::move(*unadmitted_))) return outcome;
  return feed_body(behind_head_);
}

std::optional<RequestReader::Outcome> RequestReader::end(BodyEnd how) {
  if (admitted_) return finished(how);
  if (!head_.has_begun()) return std::nullopt;
  return error_response(400, "the head of the request is incomplete");
}

bool RequestReader::waits_to_be_asked() const {
  if (!admitted_ || body_->size() > 0 || admitted_->head().version == "1.0") return false;
  const auto expected = admitted_->head().header("Expect");
  return expected && ::strcasecmp(expected->c_str(), "100-continue") == 0;
}

std::optional<RequestReader::Outcome> RequestReader::feed_head(std::string_view& bytes) {
  auto head = head_.feed(bytes);
  if (!head) return std::nullopt;
  if (auto* const refusal = std::get_if<Response>(&*head)) return std::move(*refusal);
  auto& request = std::get<Request>(*head);
  is_for_head_only_ = request.method == "HEAD";
  if (!is_slow_ || !is_slow_(request)) return admit(std::move(request));
  unadmitted_ = std::move(request);
  behind_head_ = bytes;
  return Unadmitted{};
}

std::optional<RequestReader::Outcome> RequestReader::admit(Request request) {
  auto admission = admit_(std::move(request));
  if (auto* const refusal = std::get_if<Response>(&admission)) return std::move(*refusal);
  admitted_ = std::move(std::get<Admitted>(admission));
  const BodyRules* const rules = admitted_->body_rules();
  if (rules == nullptr) return Read{std::move(*admitted_), {}};
  length_ = announced_length(admitted_->head());
  body_.emplace(*rules, length_);
  return std::nullopt;
}

std::optional<RequestReader::Outcome> RequestReader::feed_body(std::string_view bytes) {
  if (length_) {
    const bool fits = body_->append(bytes.substr(0, *length_ - body_->size()));
    if (!fits || body_->size() == *length_) return finished(BodyEnd::complete);
    return std::nullopt;
  }
  switch (chunks_.feed(bytes, *body_)) {
    case ChunkReader::State::more:
      return std::nullopt;
    case ChunkReader::State::malformed:
      return finished(BodyEnd::incomplete);
    case ChunkReader::State::complete:
    case ChunkReader::State::refused:
      break;
  }
  return finished(BodyEnd::complete);
}

RequestReader::Outcome RequestReader::finished(BodyEnd end) {
  return Read{std::move(*admitted_), body_->take(end)};
}

}  // namespace dbpool
