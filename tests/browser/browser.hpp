#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/servers/child_process.hpp"

namespace dbpool {

/// The size and color scheme of the window.
struct Viewport {
  int width = 1440, height = 900;
  std::string color_scheme = "light";  ///< or dark
  bool phone = false;
};

/// A real headless Chromium with a profile of its own, driven over WebDriver. One thread at a time. Every
/// failure throws std::runtime_error: a machine without Chromium fails its tests.
class Browser {
 public:
  Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;
  ~Browser();

  /// Opens the page and waits until it is loaded.
  void open(const std::string& url);
  void look_through(const Viewport& viewport);
  /// Returns the value of a JavaScript expression, which can use `text` as a variable.
  nlohmann::json value_of(const std::string& expression, const std::string& text = "");
  /// Writes a screenshot as PNG.
  void take_screenshot(const std::filesystem::path& file);
  /// Returns the console messages since the last call.
  std::vector<std::string> console();

 private:
  void start_driver();
  nlohmann::json command(std::string_view method, const std::string& path, const nlohmann::json& parameters);
  void ask_chromium(const std::string& method, const nlohmann::json& parameters);

  const TemporaryDirectory home_;
  std::optional<ChildProcess> driver_;
  std::uint16_t port_ = 0;
  std::string session_;
};

}  // namespace dbpool
