#include "web/http1/head_parser.hpp"

#include <algorithm>
#include <array>

#include "web/request_policy.hpp"

namespace dbpool {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_visible_ascii(char c) {
  return c > ' ' && c < 0x7f;
}

std::string_view without_blanks(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Reads `method target version`. Returns the refusal of another line.
std::optional<Response> read_first_line(std::string_view line, Request& request) {
  const auto first = line.find(' '), last = line.rfind(' ');
  const std::string_view method = line.substr(0, first);
  if (first == last || !is_token(method)) return error_response(400, "the first line is malformed");
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!version.starts_with("HTTP/")) return error_response(400, "the first line is malformed");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return error_response(505, "unknown version of HTTP; allowed: 1.0, 1.1");
  }
  if (!target.starts_with('/') || !std::ranges::all_of(target, is_visible_ascii)) {
    return error_response(400, "the target is not a path");
  }
  const auto path_end = std::min(target.find('?'), target.size());
  request.method = method;
  request.path = target.substr(0, path_end);
  request.query = target.substr(std::min(path_end + 1, target.size()));
  request.version = version.substr(version.find('/') + 1);
  return std::nullopt;
}

/// Reads `name: value`. Returns whether the line is one.
bool read_header(std::string_view line, Request& request) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
  request.headers.push_back(
      {std::string(line.substr(0, colon)), std::string(without_blanks(line.substr(colon + 1)))});
  return true;
}

/// `head`: with its empty line.
std::variant<Request, Response> parsed_head(std::string_view head) {
  Request request;
  const auto next_line = [&] {
    const std::string_view line = head.substr(0, head.find(line_end));
    head.remove_prefix(line.size() + line_end.size());
    return line;
  };
  if (auto refusal = read_first_line(next_line(), request)) return std::move(*refusal);
  for (auto line = next_line(); !line.empty(); line = next_line()) {
    if (!read_header(line, request)) return error_response(400, "a header is malformed");
  }
  return request;
}

}  // namespace

std::optional<std::variant<Request, Response>> HeadParser::feed(std::string_view& bytes) {
  while (!bytes.empty()) {
    const char c = bytes.front();
    bytes.remove_prefix(1);
    if (!add(c)) return error_response(400, "the head has a character that is not allowed");
    if (text_.ends_with(head_end)) return parsed_head(text_);
    if (text_.size() == max_bytes) return error_response(431, "the head is too large");
  }
  return std::nullopt;
}

/// Adds one character. Returns whether it may stand there.
bool HeadParser::add(char c) {
  const bool follows_return = text_.ends_with('\r');
  if (follows_return != (c == '\n')) return false;
  if (is_control(c) && c != '\r' && c != '\n' && c != '\t') return false;
  text_ += c;
  return true;
}

}  // namespace dbpool
