#include "web/message.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <strings.h>

#include <algorithm>

#include "web/json_response.hpp"

namespace dbpool {
namespace {

bool same_name(const std::string& a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), b.size()) == 0;
}

}  // namespace

std::size_t Request::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(headers.begin(), headers.end(),
                                                [&](const Header& h) { return same_name(h.name, name); }));
}

std::optional<std::string> Request::header(std::string_view name) const {
  std::optional<std::string> joined;
  for (const Header& each : headers) {
    if (same_name(each.name, name)) joined = joined ? *joined + "," + each.value : each.value;
  }
  return joined;
}

std::string head_of(const Response& response, std::string_view reason, std::time_t now) {
  std::string head = fmt::format(
      "HTTP/1.1 {} {}\r\nDate: {:%a, %d %b %Y %H:%M:%S} GMT\r\nContent-Length: {}\r\n"
      "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n",
      response.status, reason, fmt::gmtime(now), response.body.size());
  if (!response.content_type.empty()) head += "Content-Type: " + response.content_type + "\r\n";
  for (const Header& header : response.headers) head += header.name + ": " + header.value + "\r\n";
  return head + "\r\n";
}

Response text_response(std::string text) {
  return {200, "text/plain; charset=utf-8", std::move(text)};
}

Response error_response(int status, std::string_view message) {
  return json_response({{"status", "error"}, {"error", message}}, status);
}

}  // namespace dbpool
