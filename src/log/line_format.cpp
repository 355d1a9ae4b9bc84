#include "log/line_format.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "log/log_options.hpp"

namespace dbpool {
namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(LogLevel level) {
  return log_level_names[static_cast<std::size_t>(level)];
}

std::string rfc3339(std::chrono::system_clock::time_point time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time - second).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(second)),
                     millis);
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7f' && c != '=' && c != '"' && c != '\\';
  });
}

void append(std::string& line, std::string_view key, std::string_view text) {
  fmt::format_to(std::back_inserter(line), " {}={}", key,
                 is_plain(text) ? std::string(text) : dump(Json(text)));
}

void append(std::string& line, const LogField& field) {
  const auto append_value = [&](const auto& value) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
      append(line, field.key, value);
    } else {
      fmt::format_to(std::back_inserter(line), " {}={}", field.key, value);
    }
  };
  std::visit(append_value, field.value);
}

}  // namespace

std::string logfmt_line(const LogLine& line) {
  std::string text = fmt::format("ts={} level={}", rfc3339(line.time), name_of(line.level));
  append(text, "component", line.component);
  for (const LogField& field : line.fields) {
    if (field.key == "pool") append(text, field);
  }
  append(text, "msg", line.message);
  for (const LogField& field : line.fields) {
    if (field.key != "pool") append(text, field);
  }
  return text;
}

std::string json_line(const LogLine& line) {
  Json context = Json::object();
  for (const LogField& field : line.fields) {
    std::visit([&](const auto& value) { context[std::string(field.key)] = value; }, field.value);
  }
  return dump({{"timestamp", rfc3339(line.time)},
               {"level", name_of(line.level)},
               {"component", line.component},
               {"message", line.message},
               {"context", std::move(context)}});
}

}  // namespace dbpool
