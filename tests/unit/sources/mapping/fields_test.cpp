#include "sources/mapping/fields.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace dbpool;

namespace {

MappedField field(const char* name) {
  const auto found = find_mapped_field(name);
  REQUIRE(found);
  return *found;
}

/// Sets one field and returns the pool.
PoolSnapshot with(const char* name, double value) {
  PoolDraft pool;
  set_field(pool, field(name), value);
  return finished(std::move(pool));
}

}  // namespace

TEST_CASE("numbers, times, histograms, reasons and types are fields; texts are none") {
  for (const std::string& name : mapped_field_names()) {
    CAPTURE(name);
    CHECK(find_mapped_field(name));
  }
  for (const char* const name : {"name", "status", "driver", "last_error", "contact", "closed.", "closed.age",
                                 "errors.connects", "health_check_duration", "unknown", ""}) {
    CAPTURE(name);
    CHECK_FALSE(find_mapped_field(name));
  }
}

TEST_CASE("a number sets the figure of its field, in our units") {
  CHECK(with("active", 3).active == 3);
  CHECK(with("oldest_waiter", 0.25).oldest_waiter == 0.25);
  CHECK(with("oldest_waiter_ms", 250).oldest_waiter == 0.25);
  CHECK(with("utilization", 50).utilization == 0.5);
  CHECK(with("paused", 1).paused == true);
  CHECK(with("created_at", 1.5).created_at == WallTime(std::chrono::milliseconds(1500)));
  CHECK(with("closed.idle", 4).closed[index_of(CloseReason::idle)] == 4);
  CHECK(with("errors.timeout", 5).errors[index_of(ErrorKind::timeout)] == 5);
  CHECK(with("errors", 5).errors[index_of(ErrorKind::other)] == 5);
}

TEST_CASE("a number that a field cannot have leaves it unknown") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const char* const name : {"active", "oldest_waiter", "created_at", "paused", "total", "closed.idle"}) {
    for (const double wrong : {-1.0, nan, infinity, -infinity}) {
      CAPTURE(name);
      CAPTURE(wrong);
      PoolDraft pool;
      CHECK_FALSE(set_field(pool, field(name), wrong));
      CHECK(pool.figures == 0);
    }
  }
  PoolDraft pool;
  CHECK_FALSE(set_field(pool, field("active"), 2.5));
  CHECK_FALSE(set_field(pool, field("active"), 1e300));
  CHECK_FALSE(set_field(pool, field("paused"), 2));
}

TEST_CASE("a limit of 0 is unlimited, and so is -1, as pools in Java have it") {
  PoolDraft pool;
  CHECK(set_field(pool, field("max"), 0));
  CHECK(set_field(pool, field("max"), -1));
  CHECK_FALSE(set_field(pool, field("max"), -2));
  CHECK_FALSE(set_field(pool, field("min"), -1));
  CHECK_FALSE(pool.snapshot.max);
}

TEST_CASE("what is closed for other reasons follows from the total, and so with errors") {
  PoolDraft pool;
  set_field(pool, field("closed"), 10);
  set_field(pool, field("closed.idle"), 3);
  set_field(pool, field("closed.max_lifetime"), 2);
  set_field(pool, field("errors"), 4);
  set_field(pool, field("errors.connect"), 9);
  const PoolSnapshot made = finished(std::move(pool));
  CHECK(made.closed[index_of(CloseReason::idle)] == 3);
  CHECK(made.closed[index_of(CloseReason::max_lifetime)] == 2);
  CHECK(made.closed[index_of(CloseReason::closed)] == 5);
  CHECK(made.errors[index_of(ErrorKind::connect)] == 9);
  CHECK(made.errors[index_of(ErrorKind::other)] == 0);
}

TEST_CASE("counters are known as such") {
  for (const char* const name : {"acquisitions", "closed", "closed.idle", "errors.query", "wait_seconds"}) {
    CAPTURE(name);
    CHECK(is_counter(field(name)));
  }
  for (const char* const name : {"active", "errors_recent", "total", "usage_duration", "created_at"}) {
    CAPTURE(name);
    CHECK_FALSE(is_counter(field(name)));
  }
}

TEST_CASE("the values of several processes add up as those of several pools do") {
  for (const char* const name : {"waiting", "max", "total", "closed", "closed.idle", "errors.query"}) {
    CAPTURE(name);
    CHECK(total_of(field(name)) == Total::sum);
  }
  CHECK(total_of(field("idle")) == Total::sum_of_wholes);
  for (const char* const name : {"oldest_waiter_ms", "wait_peak", "wait_recent_peak", "last_error_at"}) {
    CAPTURE(name);
    CHECK(total_of(field(name)) == Total::largest);
  }
  for (const char* const name : {"utilization", "active_peak", "created_at", "paused", "clients_max"}) {
    CAPTURE(name);
    CHECK(total_of(field(name)) == Total::none);
  }
}

TEST_CASE("0 and -1 are unlimited where a field is a limit") {
  CHECK(is_unlimited(field("max"), 0));
  CHECK(is_unlimited(field("max"), -1));
  CHECK_FALSE(is_unlimited(field("max"), 1));
  CHECK_FALSE(is_unlimited(field("active"), 0));
}
