#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "browser/browser.hpp"
#include "support/eventually.hpp"

namespace dbpool {

/// The status page of an exporter in a browser.
struct Page {
  explicit Page(std::uint16_t port, const std::string& path = "/")
      : url(fmt::format("http://127.0.0.1:{}{}", port, path)) {
    browser.open(url);
  }

  /// Returns the text of a cell in the pool's row; "" if the cell is absent or hidden.
  std::string cell(const std::string& pool, const std::string& column) {
    const std::string find_row =
        "[...document.querySelectorAll('#pools tbody')]"
        ".find(row => row.querySelector('.pool a').textContent === text)";
    return text_of(find_row + "?.querySelector('tr:not([hidden]) ." + column + "')", pool);
  }
  std::string text(const std::string& selector) {
    return text_of("document.querySelector('" + selector + "')", "");
  }
  /// Returns the text of an element as it is displayed.
  std::string visible(const std::string& selector) {
    return browser.value_of("document.querySelector(text)?.innerText ?? ''", selector).get<std::string>();
  }
  std::string text_of(const std::string& node, const std::string& known) {
    return browser.value_of("(" + node + ")?.textContent ?? ''", known).get<std::string>();
  }
  int count(const std::string& selector) {
    return browser.value_of("document.querySelectorAll(text).length", selector).get<int>();
  }
  double number(const std::string& expression) { return browser.value_of(expression).get<double>(); }
  std::string icon() {
    return browser.value_of("decodeURIComponent(document.getElementById('icon').href)").get<std::string>();
  }
  bool shows(const std::string& pool, const std::string& column, const std::string& words) {
    using namespace std::chrono_literals;
    return eventually([&] { return cell(pool, column).find(words) != std::string::npos; }, 30s);
  }
  void filter(const std::string& words) {
    browser.value_of(
        "document.getElementById('filter').value = text, document.getElementById('filter').oninput()", words);
  }

  Browser browser;
  std::string url;
};

inline void check_that_it_fits(Page& page) {
  CHECK(page.number("document.documentElement.scrollWidth - window.innerWidth") <= 0);
}

/// Checks that the console is empty, and that all came from the exporter.
inline void check_that_nothing_went_wrong(Page& page) {
  for (const std::string& line : page.browser.console()) FAIL_CHECK(line);
  CHECK(page.number("performance.getEntriesByType('resource')"
                    ".filter(each => !each.name.startsWith(location.origin + '/')).length") == 0);
}

/// Checks that every text differs enough from what is behind it to be read: 4.5 to 1, as WCAG 2 asks.
inline void check_that_it_can_be_read(Page& page) {
  CHECK(page.browser.value_of(R"((() => {
      const channels = (color) => color.match(/[\d.]+/g).map(Number);
      const light = (color) => {
        const [r, g, b] = channels(color).map((c) => c / 255)
          .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const isClear = (color) => channels(color)[3] === 0;
      const behind = (node) => {
        for (; node; node = node.parentElement) {
          const color = getComputedStyle(node).backgroundColor;
          if (!isClear(color)) return color;
        }
        return 'rgb(255, 255, 255)';
      };
      const hasText = (node) => [...node.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
      const isPale = (node) => {
        const [a, b] = [getComputedStyle(node).color, behind(node)].map(light);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
      };
      return [...document.body.querySelectorAll('*:not(script)')]
        .filter((node) => node.offsetParent && hasText(node) && isPale(node))
        .map((node) => `${node.className} ${node.textContent}`);
    })())") == nlohmann::json::array());
}

inline void take_screenshots(Page& page, const std::string& name) {
  for (const std::string scheme : {"light", "dark"}) {
    page.browser.look_through({.width = 1440, .height = 900, .color_scheme = scheme});
    check_that_it_fits(page);
    page.browser.take_screenshot(fmt::format("{}/{}-wide-{}.png", DBPOOL_SCREENSHOTS, name, scheme));
    page.browser.look_through({.width = 390, .height = 844, .color_scheme = scheme, .phone = true});
    check_that_it_fits(page);
    page.browser.take_screenshot(fmt::format("{}/{}-phone-{}.png", DBPOOL_SCREENSHOTS, name, scheme));
  }
  page.browser.look_through({});
}

inline std::string sqlite_pool(const std::string& name, const std::string& more = "") {
  return fmt::format("  - {{name: '{}', canary: {{interval: 200ms}}{}}}\n", name, more);
}
inline std::string postgres_pool(const std::string& name, const std::string& dsn) {
  return fmt::format(
      "  - {{name: {}, driver: postgres, dsn: '{}', connect_timeout: 1s, canary: {{interval: 200ms}}}}\n",
      name, dsn);
}

}  // namespace dbpool
