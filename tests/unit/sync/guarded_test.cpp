#include "dbpool/sync/guarded.hpp"

#include <doctest/doctest.h>

#include <thread>
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
