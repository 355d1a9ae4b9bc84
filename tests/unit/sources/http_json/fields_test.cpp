#include "sources/http_json/fields.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "model/figures.hpp"

using namespace dbpool;

namespace {

/// Figures that a document has under another name, or cannot have.
const std::set<std::string_view> figures_without_field{"unknown",
                                                       "idle_in_transaction",
                                                       "waiting_for_lock",
                                                       "server_connections",
                                                       "server_connections_max",
                                                       "probing",
                                                       "probing_waiters",
                                                       "wait_judged_peak",
                                                       "last_timeout_at",
                                                       "last_contact_ok",
                                                       "last_connect_ok",
                                                       "source_status",
                                                       "pool_mode",
                                                       "limited_by",
                                                       "acquisitions_slow",
                                                       "acquisition_objective",
                                                       "acquisition_duration",
                                                       "usage_duration",
                                                       "connect_duration",
                                                       "health_check_duration"};

nlohmann::json value_of(FigureKind kind) {
  switch (kind) {
    case FigureKind::flag:
      return true;
    case FigureKind::time:
      return "2025-10-13T14:30:00Z";
    case FigureKind::text:
      return "words";
    default:
      return 12U;
  }
}

/// Returns the names of the figures that a pool knows.
std::set<std::string_view> known(const PoolSnapshot& pool) {
  std::set<std::string_view> names;
  for (const Figure& figure : figure_table) {
    const auto is_known = [&](auto member) {
      const auto& value = pool.*member;
      if constexpr (std::is_same_v<decltype(value), const std::string&>) {
        return !value.empty();
      } else {
        return static_cast<bool>(value);  // an optional or a shared pointer
      }
    };
    if (std::visit(is_known, figure.member)) names.insert(figure.name);
  }
  return names;
}

}  // namespace

TEST_CASE("a field with the name of a figure sets just that figure, and few figures have none") {
  for (const Figure& figure : figure_table) {
    CAPTURE(figure.name);
    const PoolField* const field = find_pool_field(figure.name);
    REQUIRE((field == nullptr) == figures_without_field.contains(figure.name));
    if (field == nullptr) continue;
    PoolDraft pool;
    CHECK(set_field(pool, *field, value_of(figure.kind)));
    CHECK(known(pool.snapshot) == std::set{figure.name});
  }
}

TEST_CASE("a field in milliseconds sets the figure of its name, in seconds") {
  for (const PoolField& field : pool_fields()) {
    if (!field.name.ends_with("_ms")) continue;
    CAPTURE(field.name);
    const auto stem = field.name.substr(0, field.name.size() - 3);
    PoolDraft pool;
    CHECK(set_field(pool, field, 1500));
    CHECK(known(pool.snapshot) == std::set{stem});
    PoolDraft in_seconds;
    CHECK(set_field(in_seconds, *find_pool_field(stem), 1.5));
    const auto row = std::ranges::find(figure_table, stem, &Figure::name);
    REQUIRE(row != figure_table.end());
    CHECK(row->unit == Unit::seconds);
    const auto member = std::get<PoolSnapshot::Seconds PoolSnapshot::*>(row->member);
    CHECK(pool.snapshot.*member == in_seconds.snapshot.*member);
  }
}

TEST_CASE("a limit of 0 is unlimited, and a first value stays") {
  for (const char* const name : {"max", "configured", "clients_max", "max_age"}) {
    CAPTURE(name);
    PoolDraft pool;
    const PoolField* const field = find_pool_field(name);
    CHECK(set_field(pool, *field, 0U));
    CHECK(known(pool.snapshot).empty());
    CHECK(set_field(pool, *field, 7U));
    CHECK(set_field(pool, *field, 8U));
    CHECK(pool.figures == 1);
    CHECK(known(pool.snapshot) == std::set<std::string_view>{name});
    CHECK_FALSE(set_field(pool, *field, -1));
  }
}
