#include "sources/prometheus/families.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/text/sample_outline.hpp"

using namespace dbpool;

namespace {

/// Returns `role of type family`.
std::string place(const Families& families, std::string_view name) {
  ScrapedSample sample;
  sample.name = name;
  families.assign(sample);
  return std::string(test::sample_role_names[index_of(sample.role)]) + " of " +
         std::string(test::family_type_names[index_of(sample.type)]) + " " + std::string(sample.family);
}

}  // namespace

TEST_CASE("a suffix belongs to a family only if it is declared with a type that has it") {
  Families families(TextFormat::prometheus, 100);
  CHECK(place(families, "wait_bucket") == "value of untyped wait_bucket");
  REQUIRE_FALSE(families.declare_type("wait", FamilyType::histogram));
  CHECK(place(families, "wait_bucket") == "bucket of histogram wait");
  CHECK(place(families, "wait_sum") == "sum of histogram wait");
  CHECK(place(families, "wait_count") == "count of histogram wait");
  CHECK(place(families, "wait_total") == "value of untyped wait_total");
  REQUIRE_FALSE(families.declare_type("use", FamilyType::summary));
  CHECK(place(families, "use") == "value of summary use");
  CHECK(place(families, "use_count") == "count of summary use");
  CHECK(place(families, "use_bucket") == "value of untyped use_bucket");
  CHECK(place(families, "wait_count") == "count of histogram wait");
}

TEST_CASE("gauges and counters whose names end like parts of a histogram are their own families") {
  Families families(TextFormat::prometheus, 100);
  for (const char* name : {"agroal_active_count", "pgxpool_acquire_sum", "odd_bucket"})
    REQUIRE_FALSE(families.declare_type(name, FamilyType::gauge));
  REQUIRE_FALSE(families.declare_type("agroal_acquire_count_total", FamilyType::counter));
  for (const char* name : {"agroal_active_count", "pgxpool_acquire_sum", "odd_bucket"})
    CHECK(place(families, name) == "value of gauge " + std::string(name));
  CHECK(place(families, "agroal_acquire_count_total") == "value of counter agroal_acquire_count_total");
  CHECK(place(families, "agroal_acquire_count") == "value of untyped agroal_acquire_count");
  REQUIRE_FALSE(families.declare_type("agroal_active", FamilyType::gauge));
  CHECK(place(families, "agroal_active_count") == "value of gauge agroal_active_count");
}

TEST_CASE("of two families that fit a name, the current one comes first, then the one with that name") {
  Families families(TextFormat::prometheus, 100);
  REQUIRE_FALSE(families.declare_type("a_count", FamilyType::gauge));
  REQUIRE_FALSE(families.declare_type("a", FamilyType::histogram));
  CHECK(place(families, "a_count") == "count of histogram a");
  REQUIRE_FALSE(families.declare_type("b", FamilyType::gauge));
  CHECK(place(families, "a_count") == "value of gauge a_count");
  CHECK(place(families, "a_sum") == "sum of histogram a");
}

TEST_CASE("OpenMetrics has suffixes for counters, infos, creation times and gauge histograms") {
  for (const TextFormat format : {TextFormat::openmetrics, TextFormat::prometheus}) {
    Families families(format, 100);
    REQUIRE_FALSE(families.declare_type("c", FamilyType::counter));
    REQUIRE_FALSE(families.declare_type("h", FamilyType::histogram));
    REQUIRE_FALSE(families.declare_type("g", FamilyType::gauge_histogram));
    REQUIRE_FALSE(families.declare_type("i", FamilyType::info));
    const bool has = format == TextFormat::openmetrics;
    CHECK(place(families, "c_total") == (has ? "value of counter c" : "value of untyped c_total"));
    CHECK(place(families, "c_created") == (has ? "created of counter c" : "value of untyped c_created"));
    CHECK(place(families, "h_created") == (has ? "created of histogram h" : "value of untyped h_created"));
    CHECK(place(families, "g_gsum") == (has ? "sum of gaugehistogram g" : "value of untyped g_gsum"));
    CHECK(place(families, "g_gcount") == (has ? "count of gaugehistogram g" : "value of untyped g_gcount"));
    CHECK(place(families, "i_info") == (has ? "value of info i" : "value of untyped i_info"));
    CHECK(place(families, "c_count") == "value of untyped c_count");
  }
}

TEST_CASE("a type and a unit are declared in either order") {
  Families families(TextFormat::openmetrics, 2);
  REQUIRE_FALSE(families.declare_unit("a", "s"));
  REQUIRE_FALSE(families.declare_type("a", FamilyType::histogram));
  REQUIRE_FALSE(families.declare_type("b", FamilyType::gauge));
  REQUIRE_FALSE(families.declare_unit("b", "ms"));
  ScrapedSample sample;
  for (const auto& [name, unit] : {std::pair("a_bucket", "s"), std::pair("b", "ms"), std::pair("c", "")}) {
    sample = {};
    sample.name = name;
    families.assign(sample);
    CHECK(sample.unit == unit);
  }
}

TEST_CASE("the number of families and the size of their words are limited") {
  Families families(TextFormat::prometheus, 2);
  CHECK(families.declare_type(std::string(1025, 'a'), FamilyType::gauge) ==
        "the name of a family of at most 1024 bytes");
  CHECK(families.declare_unit("a", std::string(1025, 'a')) == "a unit of at most 1024 bytes");
  REQUIRE_FALSE(families.declare_type("a", FamilyType::gauge));
  REQUIRE_FALSE(families.declare_unit("b", "s"));
  CHECK(families.declare_type("c", FamilyType::gauge) == "at most 2 families");
  CHECK_FALSE(families.declare_type("b", FamilyType::gauge));
}
