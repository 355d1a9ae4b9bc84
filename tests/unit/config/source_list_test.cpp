#include "config/source_list.hpp"

#include <doctest/doctest.h>

#include "config/load.hpp"

using namespace dbpool;

namespace {

using Lines = std::vector<std::string>;

const Environment with_secret{{"PASSWORD", "hunter2"}};

SourceList list_of(const std::string& text) {
  return parse_source_list(text, "/etc/a.yml", with_secret);
}

Lines problems_of_list(const std::string& text) {
  try {
    list_of(text);
  } catch (const ConfigError& e) {
    return e.problems();
  }
  return {};
}

}  // namespace

TEST_CASE("a source file is a list of sources as in the configuration, with the line of each") {
  const SourceList list = list_of(R"(# who: payments
- {name: a, type: pgbouncer, dsn: "host=a password=${PASSWORD}"}
- name: b
  type: http_json
  url: http://127.0.0.1/stats
  preset: ombudsman
)");
  REQUIRE(list.sources.size() == 2);
  CHECK(list.lines == std::vector{2, 3});
  CHECK(list.sources[0] ==
        parse_config("sources: [{name: a, type: pgbouncer, dsn: 'host=a password=hunter2'}]", "x", {})
            .sources.at(0));
  CHECK(list.sources[1].probe.name == "b");
}

TEST_CASE("a source file without sources says so in words, because an empty one may be half written") {
  CHECK(list_of("[]\n").sources.empty());
  for (const std::string text : {"", "# to do\n", "---\n"}) {
    CAPTURE(text);
    CHECK(problems_of_list(text) == Lines{"/etc/a.yml:1: empty; allowed: a list of sources, or [] for none"});
  }
}

TEST_CASE("another file in the place of a source file is refused, without a piece of it") {
  const Lines refused{
      "/etc/a.yml:1: not a list; allowed: a list of sources, as below \"sources:\" of the configuration"};
  CHECK(problems_of_list("sources: []\n") == refused);
  CHECK(problems_of_list("hunter2\n") == refused);
}

TEST_CASE("every problem of a source file is reported with its line and without a secret") {
  const Lines problems = problems_of_list(R"(- {name: a, type: pgbouncer, dsn: "host=a password=hunter2"}
- {name: a, type: pgbouncer, dsn: "host=b password=hunter2", intervall: 5s}
- {name: c, type: pool}
- {name: d, type: otlp}
- {name: e, type: otlp}
)");
  REQUIRE(problems.size() == 4);
  CHECK(problems[0].starts_with("/etc/a.yml:2: [1]"));
  CHECK(problems[1].starts_with("/etc/a.yml:2: [1]"));
  CHECK(problems[2].starts_with("/etc/a.yml:3: [2].type: "));
  CHECK(problems[3] ==
        "/etc/a.yml:5: [4]: the source in line 4 listens there already; allowed: another listen");
  for (const auto& problem : problems) CHECK(problem.find("hunter2") == std::string::npos);
}

TEST_CASE("a source file has the warnings of its own sources") {
  const SourceList list = list_of("- {name: a, type: pgbouncer, dsn: 'host=a dbname=app'}\n");
  REQUIRE(list.warnings.size() == 1);
  CHECK(list.warnings[0].starts_with("a: the DSN of a pgbouncer source names another database"));
}
