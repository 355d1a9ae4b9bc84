#include "sources/mapping/mapping.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "dbpool/model/error.hpp"

using namespace dbpool;

namespace {

constexpr auto sql_fields = std::to_array<PresetField>({
    {"active", "go_sql_in_use_connections"},
    {"idle", "go_sql_idle_connections"},
});
constexpr auto pgx_fields = std::to_array<PresetField>({
    {"active", "*pgxpool_acquired_conns"},
    {"active", "*pgxpool_acquired"},
    {"acquisition_duration", "*pgxpool_wait", TimeUnit::nanoseconds},
});
constexpr auto known = std::to_array<Preset>({
    {.name = "go-sql", .variant = "plain", .pool = "{db_name}", .fields = sql_fields},
    {.name = "go-sql", .variant = "pgx", .pool = "{pool}", .sum = true, .fields = pgx_fields},
    {.name = "other", .pool = "", .fields = sql_fields},
});

Mapping compiled(const MappingOptions& options) {
  return Mapping(options, known);
}

std::string error(const MappingOptions& options) {
  try {
    compiled(options);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

/// Returns the name of the series that fills a field by its first alternative.
std::string first_series(const Mapping& mapping, std::size_t view, std::string_view field) {
  for (const MappedRule& rule : mapping.views().at(view).rules) {
    if (rule.name != field || rule.alternatives.empty()) continue;
    const MappedSum& sum = rule.alternatives.front();
    return sum.terms.empty() ? "" : mapping.series().at(sum.terms.front().series).selector.name;
  }
  return "";
}

}  // namespace

TEST_CASE("auto has every variant of every preset, in their order") {
  const Mapping mapping = compiled({});
  REQUIRE(mapping.views().size() == 3);
  CHECK(mapping.views()[0].variant == "plain");
  CHECK(mapping.views()[1].variant == "pgx");
  CHECK(mapping.views()[2].preset == "other");
  CHECK(mapping.views()[1].sum);
  CHECK_FALSE(mapping.views()[0].sum);
}

TEST_CASE("presets by name are in the order of the configuration") {
  const Mapping mapping = compiled({.presets = {"other", "go-sql"}});
  REQUIRE(mapping.views().size() == 3);
  CHECK(mapping.views()[0].preset == "other");
  CHECK(mapping.views()[2].variant == "pgx");
}

TEST_CASE("rows with one field are its alternatives") {
  const Mapping mapping = compiled({.presets = {"go-sql"}});
  const MappedView& pgx = mapping.views()[1];
  REQUIRE(pgx.rules.size() == 2);
  CHECK(pgx.rules[0].alternatives.size() == 2);
  const MappedSeries& wait = mapping.series().at(pgx.rules[1].alternatives[0].terms[0].series);
  CHECK(wait.is_distribution);
  CHECK_FALSE(wait.unit);
  CHECK(wait.usual_unit == TimeUnit::nanoseconds);
}

TEST_CASE("a prefix stands before the names of a preset, and before names with a star alone elsewhere") {
  MappingOptions options{.fields = {{"max", {{"*limit"}}}, {"waiting", {{"waiters"}}}}, .prefix = "my_"};
  const Mapping mapping = compiled(options);
  CHECK(first_series(mapping, 0, "active") == "my_go_sql_in_use_connections");
  CHECK(first_series(mapping, 1, "active") == "my_pgxpool_acquired_conns");
  CHECK(first_series(mapping, 0, "max") == "my_limit");
  CHECK(first_series(mapping, 0, "waiting") == "waiters");
  options.prefix = "";
  CHECK(first_series(compiled(options), 1, "active") == "pgxpool_acquired_conns");
}

TEST_CASE("the configuration replaces and adds fields, the name of the pool and the sum") {
  const Mapping mapping = compiled({.presets = {"go-sql"},
                                    .fields = {{"active", {{"mine"}}}, {"max", {{"20"}}}},
                                    .pool = "{app}",
                                    .match = {{"kind", "sql"}, {"host", "~db.*"}},
                                    .sum = true});
  CHECK(first_series(mapping, 0, "active") == "mine");
  CHECK(first_series(mapping, 0, "idle") == "go_sql_idle_connections");
  CHECK(mapping.views()[0].pool.has("app"));
  CHECK(mapping.views()[0].sum);
  for (const MappedSeries& series : mapping.series()) {
    REQUIRE(series.selector.labels.size() == 2);
    CHECK(series.selector.labels[0].pattern);
    CHECK(series.identifies == (series.selector.name != "mine"));
  }
}

TEST_CASE("custom has the fields of the configuration alone") {
  const Mapping mapping = compiled({.presets = {"custom"}, .fields = {{"active", {{"a"}, {"b"}}}}});
  REQUIRE(mapping.views().size() == 1);
  CHECK(mapping.views()[0].rules.at(0).alternatives.size() == 2);
  CHECK(mapping.series().at(0).identifies);
}

TEST_CASE("series are found by the names of metrics, distributions by those of their parts") {
  const Mapping mapping = compiled({.presets = {"custom"},
                                    .fields = {{"active", {{"wait_count"}}},
                                               {"idle", {{"{__name__=~\"a.*\"}"}}},
                                               {"usage_duration", {{"wait"}}}}});
  CHECK(mapping.called("wait_count").size() == 2);
  CHECK(mapping.called("wait_bucket").size() == 1);
  CHECK(mapping.called("wait").size() == 1);
  CHECK(mapping.called("wait_max").empty());
  CHECK(mapping.called("").empty());
  REQUIRE(mapping.by_pattern().size() == 1);
  CHECK(mapping.series()[mapping.by_pattern()[0]].selector.name_pattern);
}

TEST_CASE("an error in the options is refused") {
  CHECK(error({.presets = {"nginx"}}) == "there is no preset \"nginx\"");
  CHECK(error({.fields = {{"actve", {{"a"}}}}}) == "there is no field \"actve\" that takes a number");
  CHECK(error({.fields = {{"active", {{"a +"}}}}}).starts_with("column 4: expected"));
  CHECK(error({.match = {{"a", "~("}}}) == "not a regular expression");
  CHECK(error({.pool = "{"}).starts_with("column 1: expected"));
}

TEST_CASE("an expression must fit its field") {
  const MappedText plain{"a"}, several{"a + b"}, scaled{"a * 2"}, number{"1"};
  const MappedText with_unit{"a", TimeUnit::milliseconds};
  CHECK(mapped_text_problem("active", plain).empty());
  CHECK(mapped_text_problem("active", with_unit) == "a unit, which only a histogram has");
  CHECK(mapped_text_problem("usage_duration", with_unit).empty());
  CHECK(mapped_text_problem("usage_duration", several).empty());
  for (const MappedText& wrong : {scaled, number, MappedText{"a - b"}, MappedText{"{__name__=~\"a\"}"}})
    CHECK(mapped_text_problem("usage_duration", wrong).starts_with("a histogram is a series with a name"));
}

TEST_CASE("the names of presets are each there once") {
  CHECK(preset_names(known) == std::vector<std::string_view>{"go-sql", "other"});
}
