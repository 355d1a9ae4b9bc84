#include "web/message.hpp"

#include <strings.h>

#include <algorithm>
#include <nlohmann/json.hpp>

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

Response text_response(std::string text) {
  return {200, "text/plain; charset=utf-8", std::move(text)};
}

Response error_response(int status, std::string_view message) {
  using Json = nlohmann::ordered_json;
  const Json json{{"status", "error"}, {"error", message}};
  return {status, "application/json", json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

}  // namespace dbpool
