#include "support/servers/exporter_process.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "support/eventually.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

/// Reads `key=value key="quoted value"`; a quoted value is a JSON string.
LogLine parse_logfmt(const std::string& line) {
  LogLine fields;
  for (std::size_t at = 0; at < line.size();) {
    const auto equals = line.find('=', at);
    if (equals == std::string::npos) break;
    auto end = line.find(' ', equals);
    if (line[equals + 1] == '"') {
      end = equals + 2;
      while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
      ++end;
    }
    end = std::min(end, line.size());
    const std::string text = line.substr(equals + 1, end - equals - 1);
    fields[line.substr(at, equals - at)] =
        text.starts_with('"') ? nlohmann::json::parse(text).get<std::string>() : text;
    at = end + 1;
  }
  return fields;
}

std::string as_text(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

LogLine parse_json(const std::string& line) {
  const auto json = nlohmann::json::parse(line);
  LogLine fields{{"ts", as_text(json.at("timestamp"))},
                 {"level", as_text(json.at("level"))},
                 {"component", as_text(json.at("component"))},
                 {"msg", as_text(json.at("message"))}};
  for (const auto& [key, value] : json.at("context").items()) fields[key] = as_text(value);
  return fields;
}

}  // namespace

ExporterProcess::ExporterProcess(const ExporterSetup& setup)
    : process_(command_line(setup, directory_), setup.environment) {
  std::vector<LogLine> listening;
  eventually([&] { return !(listening = log("listening")).empty() || process_.wait_exit(0s).has_value(); },
             20s);
  if (listening.empty()) {
    throw std::runtime_error("the exporter does not listen: " + process_.standard_error());
  }
  const std::string address = listening.front().at("address");
  port_ = static_cast<std::uint16_t>(std::atoi(address.c_str() + address.rfind(':') + 1));
}

ExporterProcess::~ExporterProcess() {
  if (process_.end_was_seen()) return;  // the test has already checked how it ended
  process_.signal(SIGTERM);
  const auto exit_code = process_.wait_exit(5s);
  const std::string error = process_.standard_error();
  if (std::uncaught_exceptions() == 0) CHECK_MESSAGE(exit_code.value_or(-1) == 0, error);
}

std::vector<std::string> ExporterProcess::command_line(const ExporterSetup& setup,
                                                       const TemporaryDirectory& directory) {
  std::vector<std::string> words = setup.launcher;
  words.insert(words.end(), {DBPOOL_EXPORTER, "--web.listen-address=127.0.0.1:0"});
  words.insert(words.end(), setup.flags.begin(), setup.flags.end());
  if (!setup.config.empty()) {
    words.push_back("--config.file=" + directory.write("config.yml", setup.config).string());
  }
  return words;
}

Scrape ExporterProcess::scrape() const {
  const HttpAnswer answer = get("/metrics");
  if (answer.status == 200) return Scrape(answer.body);
  throw std::runtime_error("the exporter does not tell its metrics: " + process_.standard_error());
}

std::optional<double> ExporterProcess::metric(std::string_view name, const Labels& labels) const {
  return scrape().value(name, labels);
}

std::vector<LogLine> ExporterProcess::log() const {
  std::vector<LogLine> lines;
  std::istringstream text(process_.standard_error());
  for (std::string line; std::getline(text, line) && !text.eof();) {
    if (line.starts_with('{')) {
      lines.push_back(parse_json(line));
    } else if (line.starts_with("ts=")) {
      lines.push_back(parse_logfmt(line));
    }
  }
  return lines;
}

std::vector<LogLine> ExporterProcess::log(std::string_view message) const {
  std::vector<LogLine> lines = log();
  std::erase_if(lines, [&](const LogLine& line) { return line.at("msg") != message; });
  return lines;
}

Finished run_exporter(const std::vector<std::string>& flags, const ChildProcess::Environment& environment) {
  std::vector<std::string> words{DBPOOL_EXPORTER};
  words.insert(words.end(), flags.begin(), flags.end());
  return run_to_end(std::move(words), environment);
}

}  // namespace dbpool
