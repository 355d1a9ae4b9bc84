#include "pool/backoff.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

TEST_CASE("a backoff doubles up to its longest wait and stays there") {
  dbpool::Backoff backoff(1s, 16s);
  for (const auto expected : {1s, 2s, 4s, 8s, 16s, 16s, 16s}) CHECK(backoff.next() == expected);
}

TEST_CASE("a backoff that is reset begins at its first wait") {
  dbpool::Backoff backoff(1s, 16s);
  backoff.next();
  backoff.next();
  backoff.reset();
  CHECK(backoff.next() == 1s);
}
