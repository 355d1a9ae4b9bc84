#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sources/push/events/event_books.hpp"
#include "support/live_bytes.hpp"
#include "support/reported_events.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using namespace dbpool::test;

namespace {

struct Hostile {
  const char* what;
  std::string datagram;
  std::string rejected;  ///< the reason; "" = it is no error
};

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

/// A datagram with the bytes of a literal, NUL included.
template <std::size_t size>
std::string bytes(const char (&literal)[size]) {
  return std::string(literal, size - 1);
}

std::vector<Hostile> hostile_datagrams() {
  const std::string digits = repeated("9", 40);
  return {
      {"empty", "", "malformed"},
      {"blank lines", "\n\n\r\n", "malformed"},
      {"a NUL", bytes("\0"), "malformed"},
      {"a NUL in a name", bytes("dbpool.idle:1|g|#pool:ma\0in"), "malformed"},
      {"binary", bytes("\x7f\x45LF\x02\x01\x01\0\0\xff\xfe"), "malformed"},
      {"truncated in the name", "dbpool.acqu", "malformed"},
      {"truncated in the value", "dbpool.acquired:1", "malformed"},
      {"truncated in the type", "dbpool.acquired:1|m", "malformed"},
      {"overlong UTF-8", "dbpool.idle:1|g|#pool:\xC0\xAE\xC0\xAE", "malformed"},
      {"a surrogate", "dbpool.idle:1|g|#pool:\xED\xA0\x80", "malformed"},
      {"cut UTF-8", "dbpool.idle:1|g|#pool:\xE2\x82", "malformed"},
      {"a newline in a pool's name", "dbpool.idle:x|g|#pool:a\ndbpool_up{source=\"b\"} 0", "malformed"},
      {"an escape sequence", "dbpool.idle:1|g|#pool:\x1b[2J", "malformed"},
      {"40 digits in a duration", "dbpool.acquired:" + digits + "|ms|#pool:main", "malformed"},
      {"40 digits in a count", "dbpool.error:" + digits + "|c|#pool:main", "malformed"},
      {"40 digits in a gauge", "dbpool.max:" + digits + "|g|#pool:main", "malformed"},
      {"40 digits in a number", "dbpool.idle:1|g|#pool:main,client:x,seq:" + digits, "malformed"},
      {"a large exponent", "dbpool.acquired:1e308|ms|#pool:main", "malformed"},
      {"NaN", "dbpool.acquired:NaN|ms|#pool:main", "malformed"},
      {"an infinity", "dbpool.idle:Inf|g|#pool:main", "malformed"},
      {"a negative duration", "dbpool.acquired:-1|ms|#pool:main", "malformed"},
      {"a negative gauge", "dbpool.idle:-1|g|#pool:main", "malformed"},
      {"a difference of a gauge", "dbpool.idle:+1|g|#pool:main", "malformed"},
      {"half a connection", "dbpool.idle:1.5|g|#pool:main", "malformed"},
      {"a negative count", "dbpool.error:-1|c|#pool:main", "malformed"},
      {"a count beyond reason", "dbpool.error:1000001|c|#pool:main", "malformed"},
      {"a wrong type", "dbpool.acquired:1|c|#pool:main", "malformed"},
      {"a set", "dbpool.idle:one|s|#pool:main", "malformed"},
      {"an unknown verb", "dbpool.shutdown:1|c|#pool:main", "malformed"},
      {"no verb", "dbpool.:1|c|#pool:main", "malformed"},
      {"an unknown reason", "dbpool.closed:1|c|#pool:main,reason:fun", "malformed"},
      {"a rate of 0", "dbpool.error:1|c|@0|#pool:main", "malformed"},
      {"a tiny rate", "dbpool.error:1|c|@1e-9|#pool:main", "malformed"},
      {"too many tags", "dbpool.idle:1|g|#" + repeated("a,", 65) + "pool:main", "malformed"},
      {"too many values", "dbpool.idle:1" + repeated(":1", 256) + "|g|#pool:main", "malformed"},
      {"a long name of a pool", "dbpool.idle:1|g|#pool:" + repeated("p", 257), "malformed"},
      {"a long name of a client", "dbpool.idle:1|g|#pool:main,client:" + repeated("c", 257), "malformed"},
      {"a long name of a lease", "dbpool.acquired:1|ms|#pool:main,lease:" + repeated("l", 257), "malformed"},
      {"a release of nothing", "dbpool.released:1|ms|#pool:main,client:web,lease:99", "contradiction"},
      {"a second acquire", "dbpool.acquired:1|ms|#pool:main,client:web,lease:1", "contradiction"},
      {"an event of 1970", "dbpool.error:1|c|#pool:main|T0", "contradiction"},
      {"2,000 names of pools", "", "limit"},
      {"HTTP", "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", "malformed"},
      {"JSON", R"({"dbpool.idle":1})", "malformed"},
      {"syslog", "<34>1 2026-11-28T03:14:15Z host su - ID47 - failed", "malformed"},
      {"DNS", bytes("\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www"), "malformed"},
      {"an event of DogStatsD", "_e{5,4}:title|text|#pool:main", ""},
      {"a check of DogStatsD", "_sc|dbpool.idle|0|#pool:main", ""},
      {"a metric of a client of DogStatsD", "datadog.dogstatsd.client.metrics:1|c|#client:go", ""},
      {"a foreign metric with nonsense", "other.metric:nonsense", ""},
  };
}

std::string many_pools(int from, int to) {
  std::string datagram;
  for (int i = from; i < to; ++i) datagram += "dbpool.idle:1|g|#pool:p" + std::to_string(i) + "\n";
  return datagram;
}

/// A source with two pools, which is full.
EventBooks::Options full_with_two_pools() {
  return {.bounds = {.pools = 2}};
}

void fill_with_two_pools(EventScene& scene) {
  scene.receive(
      "dbpool.acquired:1|ms|#pool:main,client:web,lease:1\ndbpool.max:10|g|#pool:main,client:web\n"
      "dbpool.idle:4|g|#pool:other,client:web");
}

/// Returns the figures that a hostile datagram could change.
std::string figures_of(EventScene& scene) {
  std::string all;
  for (const PoolSnapshot& pool : scene.result().pools) {
    all += pool.label();
    for (const auto& count : {pool.idle, pool.active, pool.max, pool.acquisitions, pool.releases,
                              pool.acquisition_timeouts, pool.created, pool.errors[0], pool.leaked})
      all += ' ' + (count ? std::to_string(*count) : "-");
    all += '\n';
  }
  return all;
}

}  // namespace

TEST_CASE("a hostile datagram is counted by its reason and changes no figure") {
  EventScene scene(full_with_two_pools());
  fill_with_two_pools(scene);
  const std::string figures = figures_of(scene);
  const std::uint64_t used = scene.books.counts().used;
  for (const Hostile& hostile : hostile_datagrams()) {
    CAPTURE(hostile.what);
    const std::string datagram = hostile.rejected == "limit" ? many_pools(0, 2000) : hostile.datagram;
    CHECK(scene.outcome_of(datagram) == hostile.rejected);
    CHECK(figures_of(scene) == figures);
    CHECK(scene.books.counts().used == used);
    CHECK(scene.books.counts().senders == 1);
  }
  CHECK(hostile_datagrams().size() >= 40);
}

TEST_CASE("hostile datagrams do not make memory grow") {
  EventScene scene(full_with_two_pools());
  fill_with_two_pools(scene);
  const auto attack = [&](int round) {
    for (const Hostile& hostile : hostile_datagrams()) scene.receive(hostile.datagram);
    scene.receive(many_pools(round * 2000, round * 2000 + 2000));
    scene.result();
  };
  for (int round = 0; round < 6; ++round) attack(round);  // 10,000 hashes of refused names are kept
  const std::size_t before = live_bytes();
  for (int round = 6; round < 20; ++round) attack(round);
  CHECK(live_bytes() <= before + 16'384);
}

TEST_CASE("endless times do not make a sum fall") {
  EventScene scene;
  double before = 0;
  for (int i = 0; i < 40; ++i) {
    std::string datagram;
    for (int line = 0; line < 100; ++line) datagram += "dbpool.acquired:604800000|ms|@0.001|#pool:main\n";
    scene.receive(datagram);
    const double sum = scene.pool("apps/main").acquisition_duration->sum_seconds();
    REQUIRE(sum >= before);
    before = sum;
  }
  CHECK(before == doctest::Approx(9'223'372'036.85));
}
