#include "browser/browser.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "support/eventually.hpp"
#include "support/http/http_exchange.hpp"

namespace dbpool {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr auto patience = 60s;

/// Returns the capabilities: no access to other machines, and a debugging pipe, so that the browser ends with
/// its driver.
json capabilities() {
  const json arguments{"--headless",
                       "--no-sandbox",
                       "--disable-gpu",
                       "--disable-quic",
                       "--disable-dev-shm-usage",
                       "--disable-background-networking",
                       "--disable-component-update",
                       "--disable-sync",
                       "--hide-scrollbars",
                       "--no-first-run",
                       "--remote-debugging-pipe"};
  const json wanted{{"goog:loggingPrefs", {{"browser", "ALL"}}},
                    {"goog:chromeOptions", {{"args", arguments}}}};
  return {{"capabilities", {{"alwaysMatch", wanted}}}};
}

std::string decoded_base64(const std::string& text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) continue;
    bits = (bits << 6U) | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xffU);
  }
  return bytes;
}

}  // namespace

Browser::Browser() {
  start_driver();
  session_ = "/session/" + command("POST", "/session", capabilities()).at("sessionId").get<std::string>();
}

/// Starts the driver again if it has ended: it asks for a port of IPv6, and that of IPv4 may be taken.
void Browser::start_driver() {
  const auto run_driver = [&] {
    driver_.emplace(std::vector<std::string>{"chromedriver", "--port=0"},
                    ChildProcess::Environment{{"HOME", home_.path().string()}});
  };
  const std::string announcement = "started successfully on port ";
  std::string said;
  const auto has_started = [&] {
    said = driver_->standard_output();
    if (said.find("Exiting...") != std::string::npos) run_driver();
    const auto at = said.find(announcement);
    return at != std::string::npos && said.find('\n', at) != std::string::npos;
  };
  run_driver();
  if (!eventually(has_started, 20s)) {
    throw std::runtime_error("chromedriver does not start: " + said + driver_->standard_error());
  }
  const char* port = said.c_str() + said.find(announcement) + announcement.size();
  port_ = static_cast<std::uint16_t>(std::atoi(port));
}

Browser::~Browser() {
  http_exchange(port_, "DELETE", session_, {.patience = patience});
}

json Browser::command(std::string_view method, const std::string& path, const json& parameters) {
  const std::string body = parameters.is_null() ? "" : parameters.dump();
  const HttpAnswer answer =
      http_exchange(port_, method, session_ + path, {.json = body, .patience = patience});
  if (answer.status != 200) {
    throw std::runtime_error("chromedriver answers " + std::to_string(answer.status) + " to " + path + ": " +
                             answer.body);
  }
  return json::parse(answer.body).at("value");
}

void Browser::ask_chromium(const std::string& method, const json& parameters) {
  command("POST", "/goog/cdp/execute", {{"cmd", method}, {"params", parameters}});
}

void Browser::open(const std::string& url) {
  command("POST", "/url", {{"url", url}});
}

void Browser::look_through(const Viewport& viewport) {
  ask_chromium("Emulation.setDeviceMetricsOverride", {{"width", viewport.width},
                                                      {"height", viewport.height},
                                                      {"deviceScaleFactor", 1},
                                                      {"mobile", viewport.phone}});
  const json scheme{{"name", "prefers-color-scheme"}, {"value", viewport.color_scheme}};
  ask_chromium("Emulation.setEmulatedMedia", {{"features", json::array({scheme})}});
}

json Browser::value_of(const std::string& expression, const std::string& text) {
  const std::string script = "const text = arguments[0]; return " + expression + ";";
  return command("POST", "/execute/sync", {{"script", script}, {"args", json::array({text})}});
}

void Browser::take_screenshot(const std::filesystem::path& file) {
  const auto image = command("GET", "/screenshot", nullptr).get<std::string>();
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << decoded_base64(image);
}

std::vector<std::string> Browser::console() {
  std::vector<std::string> lines;
  for (const json& entry : command("POST", "/se/log", {{"type", "browser"}})) {
    lines.push_back(entry.at("level").get<std::string>() + " " + entry.at("message").get<std::string>());
  }
  return lines;
}

}  // namespace dbpool
