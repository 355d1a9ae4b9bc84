#include "pool/wait_queue.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

struct Somebody : Waiter {
  explicit Somebody(Duration began_) : Waiter(began_, request_, std::source_location::current()) {}
  void wake(Change&) override {}
  AcquireRequest request_;
};

}  // namespace

TEST_CASE("a waiter that was served in vain stands where it stood by its age") {
  Somebody first(1s), second(2s), third(3s), fourth(4s);
  WaitQueue queue;
  queue.push_back(second);
  queue.push_back(fourth);
  queue.put_back(third);
  queue.put_back(first);
  CHECK(queue.size() == 4);
  for (Waiter* expected : {&first, &second, &third, &fourth}) CHECK(&queue.pop_front() == expected);
  queue.put_back(third);
  queue.put_back(fourth);
  CHECK(&queue.pop_front() == &third);
  CHECK(&queue.pop_front() == &fourth);
  CHECK(queue.empty());
}
