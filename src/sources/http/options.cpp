#include "sources/http/options.hpp"

#include <algorithm>
#include <array>

#include "dbpool/model/error.hpp"
#include "model/ascii.hpp"
#include "sources/http/request.hpp"

namespace dbpool {
namespace {

/// The headers of the connection and of the body, which are libcurl's to set.
constexpr std::array<std::string_view, 11> framing{
    "Accept-Encoding",     "Connection", "Content-Length",    "Content-Type", "Expect", "Keep-Alive",
    "Proxy-Authorization", "TE",         "Transfer-Encoding", "Trailer",      "Upgrade"};

/// Returns whether `text` is a token of RFC 9110.
bool is_token(std::string_view text) {
  constexpr std::string_view token =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
  return !text.empty() && text.find_first_not_of(token) == std::string_view::npos;
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c == '\t' || (c >= ' ' && c != 0x7F); });
}

}  // namespace

bool is_same_header(std::string_view a, std::string_view b) {
  return same_but_for_case(a, b);
}

std::string http_credential_problem(const std::filesystem::path& file) {
  try {
    read_credential(file, "the file");
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

std::string http_header_problem(const HttpHeader& header) {
  if (!is_token(header.name)) return "not the name of a header";
  const auto is_it = [&](std::string_view name) { return is_same_header(name, header.name); };
  if (std::ranges::any_of(framing, is_it)) return "a header that the exporter sets itself";
  if (header.value.empty()) return "a blank value";
  return is_plain(header.value) ? "" : "a value with a line break or another control character";
}

}  // namespace dbpool
