#include "sources/push/pool_sum.hpp"

#include <doctest/doctest.h>

#include "sources/push/rebin.hpp"
#include "support/fakes/pool_named.hpp"

using namespace dbpool;
using enum PoolSum::Part;

namespace {

using Parts = std::vector<std::pair<PoolSnapshot, PoolSum::Part>>;

PoolSnapshot pool_with(auto fill) {
  PoolSnapshot pool = pool_named("otel/shop");
  fill(pool);
  return pool;
}

PoolSnapshot summed(const Parts& parts, const PoolSnapshot& shown = {}) {
  PoolSum sum(shown);
  for (const auto& [pool, part] : parts) sum.add(pool, part);
  return sum.take();
}

PoolSnapshot pool_with_waits(std::vector<double> bounds, Histogram::Counts counts) {
  return pool_with([&](PoolSnapshot& pool) {
    pool.acquisition_duration = std::make_shared<const Histogram>(
        std::make_shared<const std::vector<double>>(std::move(bounds)), std::move(counts), 1);
  });
}

}  // namespace

TEST_CASE("connections and callers of senders add up where they are known") {
  const auto a = pool_with([](auto& p) { p.idle = 1, p.active = 2; });
  const auto b = pool_with([](auto& p) { p.idle = 10, p.waiting = 3; });
  const PoolSnapshot sum = summed({{a, whole}, {b, whole}});
  CHECK(sum.label() == "otel/shop");
  CHECK(sum.idle == 11U);
  CHECK(sum.active == 2U);
  CHECK(sum.waiting == 3U);
  CHECK(sum.opening == std::nullopt);
}

TEST_CASE("limits are known only if every sender knows its own") {
  const auto a = pool_with([](auto& p) { p.max = 10, p.min = 1; });
  const auto b = pool_with([](auto& p) { p.max = 20; });
  CHECK(summed({{a, whole}, {b, whole}}).max == 30U);
  CHECK(summed({{a, whole}, {b, whole}}).min == std::nullopt);
  CHECK(summed({{b, whole}, {a, whole}}).min == std::nullopt);
  CHECK(summed({{a, whole}, {b, whole}, {a, whole}}).min == std::nullopt);
  CHECK(summed({{a, whole}, {b, counters}}).min == 1U);
}

TEST_CASE("of waits the largest counts, and of what does not add up the value of all") {
  const auto a = pool_with([](auto& p) { p.oldest_waiter = 1, p.max_age = 60, p.pool_mode = "session"; });
  const auto b = pool_with([](auto& p) { p.oldest_waiter = 3, p.max_age = 60, p.pool_mode = "statement"; });
  const PoolSnapshot sum = summed({{a, whole}, {b, whole}});
  CHECK(sum.oldest_waiter == 3);
  CHECK(sum.max_age == 60);
  CHECK(sum.pool_mode.empty());
}

TEST_CASE("of a silent sender the counters count and nothing else") {
  const auto a = pool_with(
      [](auto& p) { p.idle = 1, p.created = 5, p.closed[0] = 2, p.errors[1] = 3, p.wait_seconds = 0.5; });
  const PoolSnapshot sum = summed({{a, counters}, {a, counters}});
  CHECK(sum.idle == std::nullopt);
  CHECK(sum.created == 10U);
  CHECK(sum.closed[0] == 4U);
  CHECK(sum.errors[1] == 6U);
  CHECK(sum.wait_seconds == 1);
}

TEST_CASE("histograms add up in the bounds that were shown while a live sender has them") {
  const auto a = pool_with_waits({1, 2}, {1, 1, 1}), b = pool_with_waits({2}, {5, 5});
  const PoolSnapshot first = summed({{a, whole}, {b, whole}});
  CHECK(counts_of(*first.acquisition_duration) == Histogram::Counts{1, 6, 6});
  const PoolSnapshot still = summed({{b, whole}, {a, whole}}, first);
  CHECK(still.acquisition_duration->bounds() == std::vector<double>{1, 2});
  const PoolSnapshot changed = summed({{b, whole}, {a, counters}}, first);
  CHECK(changed.acquisition_duration->bounds() == std::vector<double>{2});
  CHECK(counts_of(*changed.acquisition_duration) == Histogram::Counts{7, 6});
  const PoolSnapshot silent = summed({{b, counters}, {a, counters}}, first);
  CHECK(silent.acquisition_duration->bounds() == std::vector<double>{1, 2});
}

TEST_CASE("different bounds of live senders are reported") {
  const auto a = pool_with_waits({1, 2}, {1, 1, 1}), b = pool_with_waits({2}, {5, 5});
  const PoolSnapshot shown;
  for (const auto& [part, is_mixed] : {std::pair(whole, true), std::pair(counters, false)}) {
    PoolSum sum(shown);
    sum.add(a, whole);
    sum.add(b, part);
    sum.take();
    CHECK(sum.has_mixed_bounds() == is_mixed);
  }
}

TEST_CASE("a sum of waits is shown only where there is no histogram of them") {
  const auto a = pool_with_waits({1}, {1, 1});
  const auto b = pool_with([](auto& p) { p.wait_seconds = 3; });
  CHECK(summed({{a, whole}, {b, whole}}).wait_seconds == std::nullopt);
  const PoolSnapshot without_buckets = summed({{b, whole}, {a, counters}});
  CHECK(without_buckets.wait_seconds == 3);
  CHECK_FALSE(without_buckets.acquisition_duration);
}

TEST_CASE("a counter that has fallen, or was unknown in between, stays as it was shown") {
  PoolSnapshot kept;
  const auto show = [&](PoolSnapshot::Count created) {
    PoolSnapshot pool = pool_with([&](auto& p) { p.created = created; });
    keep_risen(pool, kept);
    return pool.created;
  };
  CHECK(show(5) == 5U);
  CHECK(show(3) == 5U);
  CHECK(show(std::nullopt) == std::nullopt);
  CHECK(show(4) == 5U);
  CHECK(show(6) == 6U);
}

TEST_CASE("a histogram that has fallen stays as it was shown") {
  PoolSnapshot kept;
  PoolSnapshot pool = pool_with_waits({1}, {3, 1});
  keep_risen(pool, kept);
  pool = pool_with_waits({1}, {1, 4});
  keep_risen(pool, kept);
  CHECK(counts_of(*pool.acquisition_duration) == Histogram::Counts{3, 2});
}
