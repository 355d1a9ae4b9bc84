#include "sources/push/events/receiver.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "dbpool/model/error.hpp"
#include "support/datagram_sender.hpp"
#include "support/eventually.hpp"
#include "support/fakes/manual_scheduler.hpp"
#include "support/servers/child_process.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using test::DatagramSender;

namespace fs = std::filesystem;

namespace {

SharedBooks new_books(const Clock& clock) {
  return std::make_shared<Guarded<EventBooks>>(EventBooks::Options{.source = "apps"},
                                               Arrival{clock.now(), clock.wall()});
}

/// A receiver on a path, whose tasks run when the test says so. Datagrams are received at each look at the
/// path.
struct PathReceiver {
  ~PathReceiver() { scheduler->stop(); }

  TemporaryDirectory directory;
  std::string path = (directory.path() / "events.sock").string();
  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<test::ManualScheduler> scheduler = std::make_shared<test::ManualScheduler>(clock);
  SharedBooks books = new_books(*clock);
  std::vector<std::string> problems;
  std::unique_ptr<EventReceiver> receiver = std::make_unique<EventReceiver>(
      [this] { return open_path_inbox({.path = path}); }, books, Runtime{scheduler, clock},
      [this](const std::string& problem) { problems.push_back(problem); });

  PushCounts counts() const { return books->access()->counts(); }
};

}  // namespace

TEST_CASE("a receiver adds datagrams to the books, and counts what is too large") {
  PathReceiver scene;
  const DatagramSender sender(scene.path);
  CHECK(sender.send("dbpool.idle:1|g|#pool:a\ndbpool.idle:2|g|#pool:b") == 0);
  CHECK(sender.send("nonsense") == 0);
  CHECK(sender.send("dbpool.idle:9|g|#pool:a," + std::string(70'000, 'x')) == 0);
  scene.scheduler->advance(5s);
  CHECK(scene.counts().used == 2);
  CHECK(scene.counts().rejected[index_of(RejectReason::malformed)] == 1);
  CHECK(scene.counts().rejected[index_of(RejectReason::too_large)] == 1);
  CHECK_FALSE(scene.counts().lost);
  CHECK(scene.problems.empty());
}

TEST_CASE("a path that was removed is back within 5 s") {
  PathReceiver scene;
  fs::remove(scene.path);
  scene.scheduler->advance(5s);
  CHECK(scene.problems == std::vector<std::string>{""});
  CHECK(DatagramSender(scene.path).send("dbpool.idle:1|g") == 0);
  scene.scheduler->advance(5s);
  CHECK(scene.counts().used == 1);
  CHECK(scene.problems.size() == 1);
}

TEST_CASE("a path that another process has replaced is an error until it is free again") {
  PathReceiver scene;
  fs::remove(scene.path);
  auto other = open_path_inbox({.path = scene.path});
  scene.scheduler->advance(5s);
  REQUIRE(scene.problems.size() == 1);
  CHECK(scene.problems[0] == "receive on " + scene.path + ": another process receives there");
  other.reset();
  scene.scheduler->advance(5s);
  CHECK(scene.problems.back().empty());
  CHECK(DatagramSender(scene.path).send("dbpool.idle:1|g") == 0);
}

TEST_CASE("a receiver that is destroyed removes its path at once") {
  PathReceiver scene;
  scene.receiver.reset();
  CHECK_FALSE(fs::exists(scene.path));
  scene.scheduler->advance(10s);
  CHECK_FALSE(fs::exists(scene.path));
  CHECK(scene.scheduler->pending() == 0);
}

TEST_CASE("a path that cannot be opened is an error of the constructor") {
  PathReceiver scene;
  CHECK_THROWS_AS(EventReceiver([&] { return open_path_inbox({.path = scene.path}); }, scene.books,
                                Runtime{scene.scheduler, scene.clock}),
                  Error);
}

TEST_CASE("with threads, what waits is received without loss, and a UDP port is free again soon") {
  const Runtime runtime = Runtime::start(2);
  const SharedBooks books = new_books(*runtime.clock);
  const TemporaryDirectory directory;
  const std::string path = (directory.path() / "s").string();
  const EventReceiver on_path([&] { return open_path_inbox({.path = path}); }, books, runtime);
  auto on_udp = std::make_unique<EventReceiver>(
      [] { return open_udp_inbox({.host = "127.0.0.1", .port = 0}); }, books, runtime);
  const std::string address = on_udp->address();
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1)));
  const DatagramSender sender(path), udp_sender(port);
  constexpr std::uint64_t datagrams = 3000;
  for (std::uint64_t i = 1; i <= datagrams; ++i)
    REQUIRE(sender.send("dbpool.error:1|c|#client:a,seq:" + std::to_string(i)) == 0);
  CHECK(udp_sender.send("dbpool.error:1|c|#client:b") == 0);
  CHECK(eventually([&] { return books->access()->counts().used == datagrams + 1; }, 10s));
  CHECK(books->access()->counts().lost == 0U);

  on_udp.reset();
  const auto is_free = [&] {
    try {
      return open_udp_inbox({.host = "127.0.0.1", .port = port}) != nullptr;
    } catch (const Error&) {
      return false;
    }
  };
  CHECK(eventually(is_free, 4s));
}
