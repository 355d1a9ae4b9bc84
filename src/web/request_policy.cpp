#include "web/request_policy.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <charconv>
#include <string>
#include <system_error>

namespace dbpool {
namespace {

bool is_number(std::string_view length) {
  return !length.empty() && length.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_zero(std::string_view length) {
  return is_number(length) && length.find_first_not_of('0') == std::string_view::npos;
}

/// Returns whether a number of any size is not above `limit`.
bool is_at_most(std::size_t limit, std::string_view number) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  return error == std::errc() && value <= limit;
}

bool is_same(const std::string& coding, const char* name) {
  return ::strcasecmp(coding.c_str(), name) == 0;
}

/// Returns whether `text` has only the characters of a host and a port. It may be empty.
bool is_host(std::string_view text) {
  constexpr std::string_view characters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:[]%";
  return text.find_first_not_of(characters) == std::string_view::npos;
}

}  // namespace

std::optional<Response> refuse(const Request& request) {
  if (request.headers.size() > max_headers) return error_response(431, "too many headers");
  const std::size_t hosts = request.count("Host");
  if (hosts > 1) return error_response(400, "more than one Host header");
  if (hosts == 0 && request.version != "1.0") return error_response(400, "the Host header is missing");
  if (hosts == 1 && !is_host(*request.header("Host"))) return error_response(400, "the Host is malformed");

  const std::size_t lengths = request.count("Content-Length");
  const bool coded = request.count("Transfer-Encoding") > 0;
  if (lengths > 1 || (lengths == 1 && coded)) return error_response(400, "contradicting lengths of the body");
  return std::nullopt;
}

bool has_body(const Request& request) {
  const auto length = request.header("Content-Length");
  return request.count("Transfer-Encoding") > 0 || (length && !is_zero(*length));
}

std::optional<Response> refuse_body(const Request& request, std::size_t limit) {
  if (!has_body(request)) return std::nullopt;
  if (limit == 0) return error_response(413, "no body is expected here");
  if (const auto coding = request.header("Transfer-Encoding")) {
    if (is_same(*coding, "chunked")) return std::nullopt;
    return error_response(400, "unknown transfer encoding of the body; allowed: chunked");
  }
  const std::string length = *request.header("Content-Length");
  if (!is_number(length)) return error_response(400, "the length of the body is not a number");
  return is_at_most(limit, length) ? std::nullopt : std::optional(too_large(limit));
}

bool is_gzip(const Request& request) {
  const auto coding = request.header("Content-Encoding");
  return coding && (is_same(*coding, "gzip") || is_same(*coding, "x-gzip"));
}

std::optional<Response> refuse_coding(const Request& request, const BodyRules& rules) {
  const auto coding = request.header("Content-Encoding");
  const bool is_plain = !coding || coding->empty() || is_same(*coding, "identity");
  if (!has_body(request) || is_plain || (rules.inflates && is_gzip(request))) return std::nullopt;
  Response refusal = error_response(415, fmt::format("unknown encoding of the body; allowed here: {}",
                                                     rules.inflates ? "gzip, or none" : "none"));
  refusal.headers.push_back({"Accept-Encoding", rules.inflates ? "gzip" : "identity"});
  return refusal;
}

Response too_large(std::size_t limit) {
  return error_response(413, fmt::format("the body is too large; allowed here: {} bytes", limit));
}

Response come_again(const std::string& why) {
  Response refusal = error_response(503, why + "; try again later");
  refusal.headers.push_back({"Retry-After", "1"});
  return refusal;
}

Response no_room() {
  return come_again("too many bodies at once");
}

bool is_token(std::string_view text) {
  constexpr std::string_view characters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_from_a_page(const Request& request) {
  return request.count("Origin") > 0;
}

}  // namespace dbpool
