#include "web/request_policy.hpp"

#include <algorithm>

namespace dbpool {
namespace {

bool is_zero(const std::string& length) {
  return !length.empty() && std::all_of(length.begin(), length.end(), [](char c) { return c == '0'; });
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
  if (coded || (lengths == 1 && !is_zero(*request.header("Content-Length")))) {
    return error_response(413, "no body is expected here");
  }
  return std::nullopt;
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
