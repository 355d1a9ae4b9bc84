#include "web/routes.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "exposition/render.hpp"
#include "program.hpp"

namespace dbpool {
namespace {

using test::header_of;
using test::Program;

TEST_CASE("metrics are the rendered fleet in the text format") {
  Program program;
  const Response response = program.ask("GET", "/metrics");
  CHECK(response.status == 200);
  CHECK(response.content_type == "text/plain; version=0.0.4; charset=utf-8");
  program.fleet.exporter = program.exporter;
  CHECK(response.body == render_text(program.fleet));
  CHECK(response.body.find("dbpool_exporter_build_info{") != std::string::npos);
  CHECK(header_of(response, "Content-Encoding").empty());
  CHECK(header_of(response, "Vary") == "Accept, Accept-Encoding");
}

TEST_CASE("metrics are OpenMetrics for a client that prefers it, compressed or not") {
  Program program;
  const Header accept{"Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"};
  const Response response = program.ask("GET", "/metrics", {accept});
  CHECK(response.status == 200);
  CHECK(response.content_type == "application/openmetrics-text; version=1.0.0; charset=utf-8");
  CHECK(header_of(response, "Vary") == "Accept, Accept-Encoding");
  program.fleet.exporter = program.exporter;
  CHECK(response.body == render_text(program.fleet, MetricsFormat::openmetrics));
  const Response compressed = program.ask("GET", "/metrics", {accept, {"Accept-Encoding", "gzip"}});
  CHECK(compressed.content_type == response.content_type);
  CHECK(header_of(compressed, "Content-Encoding") == "gzip");
}

TEST_CASE("metrics are compressed for who takes gzip") {
  Program program;
  const Response response = program.ask("GET", "/metrics", {{"accept-encoding", "gzip"}});
  CHECK(header_of(response, "Content-Encoding") == "gzip");
  CHECK(response.body.starts_with("\x1f\x8b"));
  const Response refused =
      program.ask("GET", "/metrics", {{"Accept-Encoding", "*"}, {"Accept-Encoding", "gzip;q=0"}});
  CHECK(header_of(refused, "Content-Encoding").empty());
}

TEST_CASE("the telemetry path can be another one, and then /metrics is none") {
  Program program;
  program.options.telemetry_path = "/probe";
  CHECK(program.ask("GET", "/probe").content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(program.ask("GET", "/metrics").status == 404);
  CHECK(program.ask("GET", "/").body.find("href=\"./probe\"") != std::string::npos);
  program.options.telemetry_path = "/";
  CHECK(program.ask("GET", "/").content_type == "text/plain; version=0.0.4; charset=utf-8");
}

TEST_CASE("the process is healthy while it runs, ready or not") {
  Program program;
  program.ready = false;
  CHECK(program.ask("GET", "/-/healthy").status == 200);
  CHECK(program.ask("GET", "/-/healthy").body == "dbpool_exporter is healthy.\n");
}

TEST_CASE("readiness is 503 until the program says it is ready") {
  Program program;
  program.ready = false;
  const Response waiting = program.ask("GET", "/-/ready");
  CHECK(waiting.status == 503);
  CHECK(nlohmann::json::parse(waiting.body)["status"] == "error");
  program.ready = true;
  CHECK(program.ask("GET", "/-/ready").status == 200);
  CHECK(program.ask("GET", "/-/ready").body == "dbpool_exporter is ready.\n");
}

TEST_CASE("a reload is forbidden unless the lifecycle is enabled, and never by GET") {
  Program program;
  CHECK(program.ask("POST", "/-/reload").status == 403);
  CHECK(program.ask("GET", "/-/reload").status == 405);
  CHECK(program.commands.reloads == 0);
  program.options.lifecycle_enabled = true;
  CHECK(program.ask("GET", "/-/reload").status == 405);
  CHECK(program.commands.reloads == 0);
  CHECK(program.ask("POST", "/-/reload").status == 200);
  CHECK(program.ask("PUT", "/-/reload").status == 200);
  CHECK(program.commands.reloads == 2);
}

TEST_CASE("the log level is shown to everyone, and set only where the lifecycle is enabled") {
  Program program;
  CHECK(program.ask("GET", "/-/log-level").body == "{\"status\":\"success\",\"level\":\"info\"}\n");
  CHECK(program.ask("PUT", "/-/log-level?level=debug").status == 403);
  CHECK(program.ask("POST", "/-/log-level?level=debug").status == 405);
  CHECK(program.commands.level == LogLevel::info);
  program.options.lifecycle_enabled = true;
  CHECK(program.ask("PUT", "/-/log-level").status == 400);
  CHECK(program.ask("PUT", "/-/log-level?level=loud").status == 400);
  CHECK(program.commands.level == LogLevel::info);
  CHECK(program.ask("PUT", "/-/log-level?level=debug").body ==
        "{\"status\":\"success\",\"level\":\"debug\"}\n");
  CHECK(program.commands.level == LogLevel::debug);
}

TEST_CASE("no page may reload") {
  Program program;
  program.options.lifecycle_enabled = true;
  const auto reload_from = [&](const std::string& origin) {
    return program.ask("POST", "/-/reload", {{"Host", "exporter:10127"}, {"Origin", origin}}).status;
  };
  CHECK(reload_from("http://elsewhere") == 403);
  CHECK(reload_from("null") == 403);
  CHECK(reload_from("http://exporter:10127") == 403);
  CHECK(program.commands.reloads == 0);
}

TEST_CASE("a reload that fails answers with every problem") {
  Program program;
  program.options.lifecycle_enabled = true;
  program.commands.problems = {"a.yml:3: pools: unknown key", "a.yml:9: sources: \"x\""};
  const Response response = program.ask("POST", "/-/reload");
  CHECK(response.status == 500);
  CHECK(nlohmann::json::parse(response.body)["error"] ==
        "a.yml:3: pools: unknown key\na.yml:9: sources: \"x\"");
}

TEST_CASE("the page names the version, and what it is told cannot become markup") {
  Program program;
  program.exporter.version = "<b>&";
  const Response page = program.ask("GET", "/");
  CHECK(page.content_type == "text/html; charset=utf-8");
  CHECK(page.body.find("Version &lt;b>&amp;") != std::string::npos);
  CHECK(program.ask("GET", "/index.html").status == 404);
}

}  // namespace
}  // namespace dbpool
