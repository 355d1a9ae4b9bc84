#include "web/handlers/status_page.hpp"

#include <doctest/doctest.h>

#include <string>

namespace dbpool {
namespace {

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

TEST_CASE("the page is one document: its style and script are inline, and every blank is filled in") {
  const Response page = status_page("1.2.3", "/probe");
  CHECK(page.content_type == "text/html; charset=utf-8");
  CHECK(page.body.starts_with("<!DOCTYPE html>"));
  CHECK(page.body.ends_with("</html>\n"));
  CHECK(page.body.find("Version 1.2.3") != std::string::npos);
  CHECK(page.body.find("href=\"./probe\"") != std::string::npos);
  CHECK(occurrences(page.body, "<script>") == 1);
  CHECK(occurrences(page.body, "<style>") == 1);
  for (const char* blank : {"%VERSION%", "%TELEMETRY_PATH%", "@status.css@", "@status.js@"}) {
    CAPTURE(blank);
    CHECK(page.body.find(blank) == std::string::npos);
  }
}

TEST_CASE("the page asks nothing of any other site, and makes no markup out of text") {
  const std::string page = status_page("1.2.3", "/metrics").body;
  CHECK(occurrences(page, "://") == occurrences(page, "http://www.w3.org/2000/svg"));
  for (const char* way : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("}) {
    CAPTURE(way);
    CHECK(page.find(way) == std::string::npos);
  }
}

TEST_CASE("its policy lets a browser run that one script and style, and talk to the exporter only") {
  const Response page = status_page("1.2.3", "/metrics");
  REQUIRE(page.headers.size() == 1);
  CHECK(page.headers[0].name == "Content-Security-Policy");
  const std::string& policy = page.headers[0].value;
  for (const char* rule :
       {"default-src 'none';", "style-src 'sha256-", "script-src 'sha256-", "connect-src 'self';",
        "frame-ancestors 'none';", "require-trusted-types-for 'script';"}) {
    CAPTURE(rule);
    CHECK(policy.find(rule) != std::string::npos);
  }
  CHECK(policy.find("unsafe") == std::string::npos);
}

}  // namespace
}  // namespace dbpool
