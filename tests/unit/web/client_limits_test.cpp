#include "web/client_limits.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

namespace dbpool {
namespace {

using namespace std::chrono_literals;

TEST_CASE("where descriptors abound, 64 clients are attended to and 20 wait") {
  for (const std::uint64_t limit : {std::uint64_t{512}, std::uint64_t{1024}, UINT64_MAX}) {
    CHECK(client_limits(limit).threads == 64);
    CHECK(client_limits(limit).queued == 20);
  }
}

TEST_CASE("the web server never claims more than half of the descriptors, however few there are") {
  for (std::uint64_t limit = 32; limit <= 512; ++limit) {
    CAPTURE(limit);
    const ClientLimits limits = client_limits(limit);
    CHECK(limits.threads >= 2);
    CHECK(limits.queued >= 1);
    CHECK(limits.descriptors() <= limit / 2);
    CHECK(limits.descriptors() > 2 * limits.threads + limits.queued);
  }
  CHECK(client_limits(0).threads == 2);
}

TEST_CASE("the limit is the one that the system has set") {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(descriptor_limit() == limit.rlim_cur);
}

TEST_CASE("a client has two seconds for an answer, and one more for each MiB") {
  CHECK(answer_patience(0) == 2s);
  CHECK(answer_patience(100'000) < 2200ms);
  CHECK(answer_patience(std::size_t{10} << 20U) >= 12s);
  CHECK(answer_patience(std::size_t{10} << 20U) < 12100ms);
}

}  // namespace
}  // namespace dbpool
