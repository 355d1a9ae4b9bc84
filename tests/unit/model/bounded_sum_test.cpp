#include "model/bounded_sum.hpp"

#include <doctest/doctest.h>

#include "dbpool/model/pool_snapshot.hpp"

using namespace dbpool;

namespace {

constexpr auto most = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST_CASE("counts are added where they are known, and do not run over") {
  CHECK_FALSE(plus(std::nullopt, std::nullopt).has_value());
  CHECK(plus(2U, std::nullopt) == 2U);
  CHECK(plus(std::nullopt, 3U) == 3U);
  CHECK(plus(2U, 3U) == 5U);
  CHECK(plus(most - 1, 3U) == most);
}

TEST_CASE("a pool's total does not run over") {
  PoolSnapshot pool;
  CHECK_FALSE(pool.total().has_value());
  pool.idle = most;
  pool.active = 2;
  CHECK(pool.total() == most);
}
