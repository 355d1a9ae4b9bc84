#include "web/handlers/status_page.hpp"

#include "web/assets/status_document.hpp"

namespace dbpool {
namespace {

std::string escaped(const std::string& text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

void fill_in(std::string& page, std::string_view blank, const std::string& text) {
  if (const auto at = page.find(blank); at != std::string::npos)
    page.replace(at, blank.size(), escaped(text));
}

}  // namespace

Response status_page(const std::string& version, const std::string& telemetry_path) {
  std::string page(status_document);
  fill_in(page, "%VERSION%", version);
  fill_in(page, "%TELEMETRY_PATH%", telemetry_path);
  return {200,
          "text/html; charset=utf-8",
          std::move(page),
          {{"Content-Security-Policy", std::string(status_document_policy)}}};
}

}  // namespace dbpool
