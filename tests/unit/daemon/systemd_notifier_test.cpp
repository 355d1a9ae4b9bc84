#include "daemon/systemd_notifier.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include "support/notify_socket.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;
using Reports = std::vector<std::string>;

std::string free_abstract_name() {
  return "@dbpool_test_notifier_" + std::to_string(::getpid());
}

TEST_CASE("systemd gets each change of the service, on an abstract socket too") {
  NotifySocket systemd(free_abstract_name());
  const SystemdNotifier notifier({{"NOTIFY_SOCKET", systemd.name()}});
  CHECK(notifier.is_listening());
  notifier.ready();
  notifier.reloading(TimePoint(1500ms));
  notifier.status("12 pools, 1 unhealthy");
  notifier.alive();
  notifier.stopping();
  CHECK(systemd.received() == Reports{"READY=1", "RELOADING=1\nMONOTONIC_USEC=1500000",
                                      "STATUS=12 pools, 1 unhealthy", "WATCHDOG=1",
                                      "STOPPING=1\nSTATUS=shutting down"});
}

TEST_CASE("without a socket, and with one that is not there, nothing is reported and nothing fails") {
  const std::string longest(200, 'x');
  for (const Environment& environment : {Environment{}, Environment{{"NOTIFY_SOCKET", "relative"}},
                                         Environment{{"NOTIFY_SOCKET", "/" + longest}}}) {
    const SystemdNotifier notifier(environment);
    CHECK_FALSE(notifier.is_listening());
    notifier.ready();
  }
  const SystemdNotifier notifier({{"NOTIFY_SOCKET", free_abstract_name() + "_absent"}});
  notifier.ready();
}

TEST_CASE("the interval of the watchdog counts for the process that it is meant for") {
  const std::string own = std::to_string(::getpid());
  const auto interval = [](Environment environment) {
    environment.emplace("NOTIFY_SOCKET", "@dbpool");
    return SystemdNotifier(environment).watchdog_interval();
  };
  CHECK(interval({{"WATCHDOG_USEC", "30000000"}}) == 30s);
  CHECK(interval({{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", own}}) == 30s);
  CHECK(interval({{"WATCHDOG_USEC", "9223372036854775807"}}).has_value());
  CHECK_FALSE(interval({{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", "1"}}));
  CHECK_FALSE(interval({}));
  for (const char* bad : {"0", "-1", "", "often", "18446744073709551615"}) {
    CHECK_FALSE(interval({{"WATCHDOG_USEC", bad}}));
  }
  CHECK_FALSE(SystemdNotifier(Environment{{"WATCHDOG_USEC", "30000000"}}).watchdog_interval());
}

}  // namespace
}  // namespace dbpool
