#include "dbpool/sync/guarded.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <type_traits>
#include <vector>

TEST_CASE("guarded state is changed by one thread at a time") {
  dbpool::Guarded<int> counter(0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) ++*counter.access();
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(*counter.access() == 40'000);
}

TEST_CASE("a const guarded state is read only") {
  const dbpool::Guarded<int> seven(7);
  CHECK(*seven.access() == 7);
  static_assert(std::is_same_v<decltype(*seven.access()), const int&>);
}
