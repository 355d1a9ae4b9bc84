#include "sources/mapping/mapped_samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "sources/prometheus/text_reader.hpp"

using namespace dbpool;

namespace {

constexpr auto go_sql = std::to_array<PresetField>({
    {"max", "go_sql_max_open_connections"},
    {"active", "go_sql_in_use_connections"},
    {"idle", "go_sql_idle_connections"},
    {"wait_seconds", "go_sql_wait_duration_seconds_total"},
    {"closed.idle", "go_sql_max_idle_closed_total + go_sql_max_idle_time_closed_total"},
    {"closed.max_lifetime", "go_sql_max_lifetime_closed_total"},
});
constexpr auto pgxpool = std::to_array<PresetField>({
    {"active", "pgxpool_acquired_conns"},
    {"total", "pgxpool_total_conns"},
    {"wait_seconds", "pgxpool_empty_acquire_wait_time_ns * 1e-9"},
});
constexpr auto hikari = std::to_array<PresetField>({
    {"active", "hikaricp_connections_active"},
    {"acquisition_timeouts", "hikaricp_connections_timeout_total"},
    {"acquisitions", "hikaricp_connections_acquire_seconds_count - hikaricp_connections_timeout_total"},
    {"acquisition_duration", "hikaricp_connections_acquire_seconds"},
});
constexpr auto jdbc = std::to_array<PresetField>({{"active", "jdbc_connections_active"}});
constexpr auto commons = std::to_array<PresetField>({{"active", "commons_pool2_num_active"}});
constexpr auto otel = std::to_array<PresetField>({
    {"acquisitions", "db_wait_time_count - db_timeouts"},
    {"acquisitions", "db_wait_time_count"},
    {"usage_duration", "db_use_time", TimeUnit::milliseconds},
});
constexpr auto known = std::to_array<Preset>({
    {.name = "micrometer",
     .variant = "hikaricp",
     .pool = "{pool}",
     .fields = hikari,
     .bounds_cure = "set slo.acquire=1ms,10ms"},
    {.name = "micrometer", .variant = "jdbc", .pool = "{name}", .fields = jdbc, .yields_to = "hikaricp"},
    {.name = "micrometer", .variant = "commons", .pool = "{name}", .fields = commons, .yields_to = "jdbc"},
    {.name = "otel", .pool = "{pool}", .fields = otel},
    {.name = "go-sql", .pool = "{db_name}", .fields = go_sql},
    {.name = "pgxpool", .pool = "{db_name}", .fields = pgxpool},
});

/// A source whose texts are read one after another.
struct Source {
  explicit Source(const MappingOptions& options = {}, std::size_t most_pools = 500)
      : mapping(options, known), most(most_pools) {}

  ProbeResult read(const std::string& text, TextFormat format = TextFormat::prometheus) {
    MappedSamples samples(mapping, most);
    TextReader reader(format, samples);
    reader.read(text);
    reader.finish();
    return samples.take("app", kept);
  }

  Mapping mapping;
  std::size_t most;
  KeptCounters kept;
};

MappingOptions custom(std::map<std::string, std::vector<MappedText>> fields) {
  return {.presets = {"custom"}, .fields = std::move(fields), .pool = "{pool}"};
}

/// Returns the only pool.
PoolSnapshot one(const ProbeResult& result) {
  REQUIRE(result.pools.size() == 1);
  return result.pools.front();
}

std::vector<std::string> labels(const ProbeResult& result) {
  std::vector<std::string> found;
  for (const PoolSnapshot& pool : result.pools) found.push_back(pool.label());
  return found;
}

const std::string waits =
    "# TYPE wait histogram\n"
    "wait_bucket{pool=\"a\",le=\"5\"} 2\nwait_bucket{pool=\"a\",le=\"10\"} 3\n"
    "wait_bucket{pool=\"a\",le=\"+Inf\"} 4\nwait_sum{pool=\"a\"} 50\nwait_count{pool=\"a\"} 4\n";

}  // namespace

TEST_CASE("go-sql: the fields of a preset come from their series, whatever else the text has") {
  const auto result = Source().read(
      "# TYPE go_goroutines gauge\ngo_goroutines 12\n"
      "go_sql_max_open_connections{db_name=\"shop\"} 20\ngo_sql_in_use_connections{db_name=\"shop\"} 3\n"
      "go_sql_idle_connections{db_name=\"shop\"} 2\ngo_sql_wait_duration_seconds_total{db_name=\"shop\"} "
      "1.5\n"
      "go_sql_max_idle_closed_total{db_name=\"shop\"} 4\n"
      "go_sql_max_idle_time_closed_total{db_name=\"shop\"} 1\n"
      "go_sql_max_lifetime_closed_total{db_name=\"shop\"} 7\n");
  const PoolSnapshot pool = one(result);
  CHECK(pool.label() == "app/shop");
  CHECK(pool.max == 20);
  CHECK(pool.active == 3);
  CHECK(pool.idle == 2);
  CHECK(pool.wait_seconds == 1.5);
  CHECK(pool.closed[index_of(CloseReason::idle)] == 5);
  CHECK(pool.closed[index_of(CloseReason::max_lifetime)] == 7);
  CHECK_FALSE(pool.waiting);
  CHECK_FALSE(pool.acquisitions);
  CHECK(result.hints.empty());
  CHECK(result.dropped == 0);
}

TEST_CASE("go-sql: a limit of 0 is unlimited, and a sum without one of its series is not known") {
  const PoolSnapshot pool =
      one(Source().read("go_sql_max_open_connections 0\ngo_sql_in_use_connections 1\n"
                        "go_sql_max_idle_closed_total 4\n"));
  CHECK(pool.label() == "app");
  CHECK_FALSE(pool.max);
  CHECK(pool.active == 1);
  CHECK_FALSE(pool.closed[index_of(CloseReason::idle)]);
}

TEST_CASE("pgxpool: idle follows from the total, and nanoseconds become seconds") {
  const PoolSnapshot pool = one(Source().read(
      "pgxpool_acquired_conns 2\npgxpool_total_conns 5\npgxpool_empty_acquire_wait_time_ns 10000000\n"));
  CHECK(pool.active == 2);
  CHECK(pool.idle == 3);
  CHECK(pool.wait_seconds == 0.01);
}

TEST_CASE("auto: of two presets that report one pool the first counts, and all different pools are shown") {
  const auto result = Source().read(
      "pgxpool_acquired_conns{db_name=\"a\"} 9\ngo_sql_in_use_connections{db_name=\"a\"} 1\n"
      "pgxpool_acquired_conns{db_name=\"b\"} 2\n");
  CHECK(labels(result) == std::vector<std::string>{"app/a", "app/b"});
  CHECK(result.pools[0].active == 1);
  CHECK(result.pools[1].active == 2);
}

TEST_CASE("a variant that yields to another is not shown beside it, even under other names") {
  const std::string of_jdbc = "jdbc_connections_active{name=\"dataSource\"} 3\n";
  CHECK(labels(Source().read(of_jdbc)) == std::vector<std::string>{"app/dataSource"});
  const auto both = Source().read(of_jdbc + "hikaricp_connections_active{pool=\"main\"} 3\n");
  CHECK(labels(both) == std::vector<std::string>{"app/main"});
}

TEST_CASE("fields beside a preset change its pools and make none") {
  Source source({.fields = {{"max", {{"20"}}}, {"waiting", {{"my_waiters"}}}}});
  CHECK(source.read("my_waiters{db_name=\"a\"} 4\nup 1\n").pools.empty());
  const PoolSnapshot pool =
      one(source.read("my_waiters{db_name=\"a\"} 4\ngo_sql_in_use_connections{db_name=\"a\"} 1\n"));
  CHECK(pool.max == 20);
  CHECK(pool.waiting == 4);
}

TEST_CASE("hikari: acquisitions are observations less timeouts, and never fall") {
  Source source;
  const auto text = [](int observed, int timeouts) {
    return "# TYPE hikaricp_connections_acquire_seconds summary\n"
           "hikaricp_connections_acquire_seconds_count{pool=\"a\"} " +
           std::to_string(observed) +
           "\nhikaricp_connections_acquire_seconds_sum{pool=\"a\"} 2.5\n"
           "hikaricp_connections_timeout_total{pool=\"a\"} " +
           std::to_string(timeouts) + "\n";
  };
  const auto first = one(source.read(text(10, 1)));
  CHECK(first.acquisitions == 9);
  CHECK(first.acquisition_timeouts == 1);
  CHECK(first.wait_seconds == 2.5);
  CHECK_FALSE(first.acquisition_duration);
  CHECK(one(source.read(text(10, 2))).acquisitions == 9);
  CHECK(one(source.read(text(14, 2))).acquisitions == 12);
  CHECK(one(source.read(text(3, 1))).acquisitions == 2);  // the application was started anew
}

TEST_CASE("a summary without buckets has a hint where its preset knows the setting that gives buckets") {
  const std::string text =
      "# TYPE hikaricp_connections_acquire_seconds summary\n"
      "hikaricp_connections_acquire_seconds_count 1\nhikaricp_connections_acquire_seconds_sum 1\n";
  const auto hints = Source().read(text).hints;
  REQUIRE(hints.size() == 1);
  CHECK(hints[0].ends_with("at the target, set slo.acquire=1ms,10ms"));
}

TEST_CASE("a histogram has its own bounds in seconds, and waits have no second place") {
  const auto text = custom({{"acquisition_duration", {{"wait", TimeUnit::milliseconds}}},
                            {"wait_seconds", {{"wait_sum * 0.001"}}}});
  const auto result = Source(text).read(waits);
  const PoolSnapshot pool = one(result);
  REQUIRE(pool.acquisition_duration);
  CHECK(pool.acquisition_duration->bounds() == std::vector<double>{0.005, 0.01});
  CHECK(pool.acquisition_duration->sum_seconds() == 0.05);
  CHECK(pool.acquisitions == 4);
  CHECK_FALSE(pool.wait_seconds);
  CHECK(result.hints.empty());
}

TEST_CASE("the unit of a histogram is the configuration's, else the data's, else seconds") {
  const auto bound = [](const MappedText& text, const std::string& unit_line) {
    Source source(custom({{"usage_duration", {text}}}));
    const PoolSnapshot pool = one(source.read(unit_line + waits + "# EOF\n", TextFormat::openmetrics));
    REQUIRE(pool.usage_duration);
    return pool.usage_duration->bounds().front();
  };
  CHECK(bound({"wait"}, "") == 5);
  CHECK(bound({"wait"}, "# UNIT wait ms\n") == 0.005);
  CHECK(bound({"wait"}, "# UNIT wait parsecs\n") == 5);
  CHECK(bound({"wait", TimeUnit::microseconds}, "# UNIT wait ms\n") == 0.000005);
}

TEST_CASE("a histogram without a bound from 1 ms to 1 s is shown, with a hint") {
  const auto result = Source(custom({{"acquisition_duration", {{"wait"}}}})).read(waits);
  CHECK(one(result).acquisition_duration);
  REQUIRE(result.hints.size() == 1);
  CHECK(
      result.hints[0] ==
      "acquisition_duration of pool app/a has no bucket bound from 1 ms to 1 s, so it does not show how long"
      " callers wait; at the target, add such bounds");
}

TEST_CASE("a histogram that contradicts itself is not shown, nor its sum and count, and a hint says why") {
  const auto result = Source(custom({{"acquisition_duration", {{"wait"}}},
                                     {"wait_seconds", {{"wait_sum"}}},
                                     {"acquisitions", {{"wait_count"}}},
                                     {"active", {{"active"}}}}))
                          .read("active{pool=\"a\"} 1\n" + waits + "wait_count{pool=\"a\"} 4\n");
  const PoolSnapshot pool = one(result);
  CHECK(pool.active == 1);
  CHECK_FALSE(pool.acquisition_duration);
  CHECK_FALSE(pool.acquisitions);
  CHECK_FALSE(pool.wait_seconds);
  REQUIRE_FALSE(result.hints.empty());
  CHECK(result.hints[0] == "acquisition_duration of pool app/a is not known: line 8: a second _count");
}

TEST_CASE("the first alternative counts whose series exist, pool by pool") {
  Source source(custom({{"active", {{"new - newer"}, {"old"}}}}));
  const auto result = source.read(
      "new{pool=\"a\"} 5\nnewer{pool=\"a\"} 2\nold{pool=\"a\"} 9\n"
      "new{pool=\"b\"} 5\nold{pool=\"b\"} 8\n");
  REQUIRE(result.pools.size() == 2);
  CHECK(result.pools[0].active == 3);
  CHECK(result.pools[1].active == 8);
}

TEST_CASE("NaN and a number that a field cannot have are not known, and the second has a hint") {
  Source source(custom({{"active", {{"active"}, {"other"}}}, {"idle", {{"idle"}}}}));
  const auto result = source.read("active{pool=\"a\"} NaN\nother{pool=\"a\"} 3\nidle{pool=\"a\"} -1\n");
  const PoolSnapshot pool = one(result);
  CHECK_FALSE(pool.active);
  CHECK_FALSE(pool.idle);
  REQUIRE(result.hints.size() == 1);
  CHECK(result.hints[0].starts_with("idle of pool app/a is not known: its series idle give a number"));
}

TEST_CASE("series that come to one pool are added up with sum, and else the first counts, with a hint") {
  const std::string text = "active{pool=\"a\",pid=\"1\"} 2\nactive{pool=\"a\",pid=\"2\"} 3\n";
  auto options = custom({{"active", {{"active"}}}});
  const auto without_sum = Source(options).read(text);
  CHECK(one(without_sum).active == 2);
  REQUIRE(without_sum.hints.size() == 1);
  CHECK(without_sum.hints[0].starts_with("several series of active belong to pool app/a"));
  options.sum = true;
  const auto with_sum = Source(options).read(text);
  CHECK(one(with_sum).active == 5);
  CHECK(with_sum.hints.empty());
}

TEST_CASE("a series that is there twice is not added up twice") {
  auto options = custom({{"active", {{"active"}}}});
  options.sum = true;
  const auto result = Source(options).read(
      "active{pool=\"a\",pid=\"1\"} 2\nactive{pid=\"1\",pool=\"a\"} 2\nactive{pool=\"1\",pid=\"a\"} 4\n"
      "active{pool=\"a\",pid=\"2\"} 3\n");
  REQUIRE(result.pools.size() == 2);
  CHECK(result.pools[0].active == 5);
  CHECK(result.pools[1].active == 4);
  REQUIRE(result.hints.size() == 1);
  CHECK(result.hints[0].find("has the same labels as one before it") != std::string::npos);
}

TEST_CASE("a state that is there but not known is not computed from the total") {
  Source source(custom({{"active", {{"active"}}}, {"idle", {{"idle"}}}, {"total", {{"total"}}}}));
  const PoolSnapshot pool =
      one(source.read("active{pool=\"a\"} 2\nidle{pool=\"a\"} NaN\ntotal{pool=\"a\"} 5\n"));
  CHECK_FALSE(pool.idle);
  CHECK(pool.active == 2);
  CHECK(pool.unknown == 3);
}

TEST_CASE("histograms of one pool are added up with sum, and those of an expression always") {
  std::string other = waits;
  for (auto at = other.find("\"a\""); at != std::string::npos; at = other.find("\"a\"", at + 1))
    other.replace(at, 3, "\"a\",pid=\"2\"");
  other.erase(0, other.find('\n') + 1);
  auto options = custom({{"usage_duration", {{"wait"}}}});
  CHECK(one(Source(options).read(waits + other)).usage_duration->count() == 4);
  options.sum = true;
  CHECK(one(Source(options).read(waits + other)).usage_duration->count() == 8);
  const auto doubled = custom({{"usage_duration", {{"wait + wait"}}}});
  CHECK(one(Source(doubled).read(waits)).usage_duration->count() == 8);
}

TEST_CASE("only series whose labels match count, and named groups make the name of the pool") {
  auto options = custom({{"active", {{"{__name__=~\"vttablet_(?<pool>.+)_in_use\"}"}}}});
  options.match = {{"type", "~sql|tx"}};
  const auto result = Source(options).read(
      "vttablet_conn_pool_in_use{type=\"sql\"} 1\nvttablet_tx_pool_in_use{type=\"tx\"} 2\n"
      "vttablet_old_pool_in_use{type=\"http\"} 3\nvttablet_in_use 4\n");
  CHECK(labels(result) == std::vector<std::string>{"app/conn_pool", "app/tx_pool"});
}

TEST_CASE("a pool named by database and user has them in its key and its description") {
  auto options = custom({{"active", {{"active"}}}});
  options.pool = "{database}/{user}";
  const PoolSnapshot pool = one(Source(options).read("active{user=\"web\",database=\"shop\"} 1\n"));
  CHECK(pool.label() == "app/shop/web");
  CHECK(pool.key.database() == "shop");
  CHECK(pool.info.user == "web");
}

TEST_CASE("counters of a whole database make an entry of the database, connections make a pool") {
  auto counters = custom({{"queries", {{"queries"}}}});
  counters.pool = "{database}";
  const std::string text = "queries{database=\"shop\"} 5\nactive{database=\"shop\"} 1\n";
  const PoolSnapshot entry = one(Source(counters).read(text));
  CHECK(entry.label() == "app/shop");
  CHECK(entry.key.scope() == PoolScope::database);
  CHECK(entry.key.database() == "shop");
  auto connections = custom({{"queries", {{"queries"}}}, {"active", {{"active"}}}});
  connections.pool = "{database}";
  CHECK(one(Source(connections).read(text)).key.scope() == PoolScope::pool);
}

TEST_CASE("pools beyond the limit are counted, and a name of many bytes refuses its series alone") {
  Source source(custom({{"active", {{"active"}}}}), 2);
  std::string text = "active{pool=\"" + std::string(60'000, 'x') + "\"} 1\n";
  for (const char* const pool : {"a", "b", "c", "d", "c"})
    text += "active{pool=\"" + std::string(pool) + "\"} 1\n";
  const auto result = source.read(text);
  CHECK(labels(result) == std::vector<std::string>{"app/a", "app/b"});
  CHECK(result.dropped == 2);
  REQUIRE(result.hints.size() == 1);
  CHECK(result.hints[0].find("4096 bytes") != std::string::npos);
}

TEST_CASE("a lie in TYPE changes no figure") {
  Source source(custom({{"acquisitions", {{"got_count"}}}, {"active", {{"active"}}}}));
  const PoolSnapshot pool =
      one(source.read("# TYPE got_count gauge\ngot_count 7\n# TYPE active counter\n"
                      "active 3\n"));
  CHECK(pool.acquisitions == 7);
  CHECK(pool.active == 3);
}

namespace {

/// A mapping of one field that adds up.
MappingOptions added_up(const std::string& field, const std::string& expression) {
  MappingOptions options = custom({{field, {{expression}}}, {"active", {{"active"}}}});
  options.sum = true;
  return options;
}

}  // namespace

TEST_CASE("the largest of a wait in several processes counts") {
  for (const char* const field : {"oldest_waiter", "wait_peak", "wait_recent_peak"}) {
    const PoolSnapshot pool =
        one(Source(added_up(field, "w"))
                .read("w{pool=\"a\",pid=\"1\"} 2\nw{pool=\"a\",pid=\"2\"} 5\nw{pool=\"a\",pid=\"3\"} NaN\n"));
    CAPTURE(field);
    CHECK(std::max({pool.oldest_waiter, pool.wait_peak, pool.wait_recent_peak}) == 5);
  }
}

TEST_CASE("the parts of the largest wait are of one process") {
  const PoolSnapshot pool =
      one(Source(added_up("oldest_waiter", "seconds + us * 1e-6"))
              .read("seconds{pool=\"a\",pid=\"1\"} 3\nus{pid=\"1\",pool=\"a\"} 250000\n"
                    "seconds{pool=\"a\",pid=\"2\"} 2\nus{pool=\"a\",pid=\"2\"} 750000\n"));
  CHECK(pool.oldest_waiter == 3.25);
}

TEST_CASE("labels that an expression itself gives do not tell processes apart") {
  const PoolSnapshot pool =
      one(Source(added_up("oldest_waiter", "w{part=\"s\"} + w{part=\"ms\"} * 0.001"))
              .read("w{pool=\"a\",pid=\"1\",part=\"s\"} 3\nw{pool=\"a\",pid=\"1\",part=\"ms\"} 250\n"
                    "w{pool=\"a\",pid=\"2\",part=\"s\"} 1\nw{pool=\"a\",pid=\"2\",part=\"ms\"} 500\n"));
  CHECK(pool.oldest_waiter == 3.25);
}

TEST_CASE("a figure that does not add up is not known for several processes, with a hint") {
  const std::string first = "u{pool=\"a\",pid=\"1\"} 90\n", second = "u{pool=\"a\",pid=\"2\"} 90\n";
  Source source(added_up("utilization", "u"));
  CHECK(one(source.read(first)).utilization == 0.9);
  const auto both = source.read(first + second + "active{pool=\"a\"} 1\n");
  CHECK_FALSE(one(both).utilization);
  REQUIRE(both.hints.size() == 1);
  CHECK(both.hints[0].starts_with("utilization of pool app/a is not known: several of its series"));
}

TEST_CASE("one unlimited process makes a limit that is added up unlimited") {
  const auto limit = [](const std::string& first) {
    const auto result = Source(added_up("max", "m"))
                            .read("m{pool=\"a\",pid=\"1\"} " + first + "\nm{pool=\"a\",pid=\"2\"} 20\n");
    CHECK(result.hints.empty());
    return one(result).max;
  };
  CHECK(limit("5") == 25);
  CHECK_FALSE(limit("0"));
  CHECK_FALSE(limit("-1"));
}

TEST_CASE("a limit that is a sum of series is unlimited only where the sum is") {
  const PoolSnapshot pool = one(Source(added_up("max", "free + used"))
                                    .read("free{pool=\"a\",pid=\"1\"} 10\nused{pool=\"a\",pid=\"1\"} 0\n"
                                          "free{pool=\"a\",pid=\"2\"} 0\nused{pool=\"a\",pid=\"2\"} 5\n"));
  CHECK(pool.max == 15);
}

TEST_CASE("a counter does not fall where the series that is taken off appears") {
  Source source;
  CHECK(one(source.read("db_wait_time_count{pool=\"a\"} 10\n")).acquisitions == 10);
  const std::string timeouts = "db_timeouts{pool=\"a\"} 1\n";
  CHECK(one(source.read("db_wait_time_count{pool=\"a\"} 10\n" + timeouts)).acquisitions == 10);
  CHECK(one(source.read("db_wait_time_count{pool=\"a\"} 12\n" + timeouts)).acquisitions == 11);
}

TEST_CASE("a variant that yields hides no other") {
  const auto result = Source().read(
      "hikaricp_connections_active{pool=\"main\"} 3\njdbc_connections_active{name=\"mainDs\"} 3\n"
      "jdbc_connections_active{name=\"dbcp\"} 1\ncommons_pool2_num_active{name=\"dbcp\"} 1\n");
  CHECK(labels(result) == std::vector<std::string>{"app/main", "app/dbcp"});
}

TEST_CASE("the unit of a preset counts where the data has none") {
  std::string text = waits;
  for (auto at = text.find("wait"); at != std::string::npos; at = text.find("wait", at + 1))
    text.replace(at, 4, "db_use_time");
  const auto bound = [&](const std::string& unit_line) {
    const PoolSnapshot pool = one(Source().read(unit_line + text + "# EOF\n", TextFormat::openmetrics));
    REQUIRE(pool.usage_duration);
    return pool.usage_duration->bounds().front();
  };
  CHECK(bound("") == 0.005);
  CHECK(bound("# UNIT db_use_time s\n") == 5);
}

TEST_CASE("pools that are not shown do not count for the limit") {
  Source source({.fields = {{"waiting", {{"waiters"}}}}}, 2);
  std::string text;
  for (const char* const hidden : {"x", "y", "z"}) {
    text += "waiters{pool=\"" + std::string(hidden) + "\"} 1\n";
    text += "jdbc_connections_active{name=\"" + std::string(hidden) + "\"} 1\n";
  }
  for (const char* const pool : {"a", "b", "c"})
    text += "hikaricp_connections_active{pool=\"" + std::string(pool) + "\"} 1\n";
  const auto result = source.read(text);
  CHECK(labels(result) == std::vector<std::string>{"app/a", "app/b"});
  CHECK(result.dropped == 1);
}

TEST_CASE("a series without a database or user leaves those of the series before it") {
  auto options = custom({{"active", {{"active"}}}, {"idle", {{"idle"}}}});
  options.pool = "{database}{name}/{user}{username}";
  const PoolSnapshot pool = one(Source(options).read(
      "active{database=\"shop\",user=\"web\"} 1\nidle{name=\"shop\",username=\"web\"} 1\n"));
  CHECK(pool.info.database == "shop");
  CHECK(pool.info.user == "web");
}

TEST_CASE("beyond the number of series that are added up figures are not known, with a hint") {
  std::string text;
  for (int i = 0; i <= 100'000; ++i) text += "active{pool=\"a\",pid=\"" + std::to_string(i) + "\"} 1\n";
  const auto result = Source(added_up("oldest_waiter", "w")).read(text);
  CHECK_FALSE(one(result).active);
  REQUIRE(result.hints.size() == 1);
  CHECK(result.hints[0].find("more than 100000 series") != std::string::npos);
}
