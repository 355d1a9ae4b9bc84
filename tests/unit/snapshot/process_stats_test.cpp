#include "snapshot/process_stats.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <memory>
#include <vector>

using namespace dbpool;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

TEST_CASE("all nine figures of this process are known and plausible") {
  const ProcessStats stats = read_process_stats();
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  CHECK(stats.max_fds.value() == static_cast<double>(files.rlim_cur));
  CHECK(stats.threads.value() >= 1);
  CHECK(stats.open_fds.value() >= 1);
  CHECK(stats.cpu_seconds_total.value() >= 0);
  CHECK(stats.heap_bytes.has_value());
  CHECK(stats.resident_memory_bytes.value() > mebibyte);
  CHECK(stats.virtual_memory_bytes.value() >= stats.resident_memory_bytes.value());
  CHECK(stats.virtual_memory_max_bytes.value() > 0);
  CHECK(stats.start_time_seconds.value() <= now() + 2);
  CHECK(stats.start_time_seconds.value() > now() - 3600);
}

TEST_CASE("a descriptor that is opened is counted") {
  const double before = read_process_stats().open_fds.value();
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  CHECK(read_process_stats().open_fds.value() == before + 1);
  close(fd);
  CHECK(read_process_stats().open_fds.value() == before);
}

TEST_CASE("processor time that is spent is counted") {
  const double before = read_process_stats().cpu_seconds_total.value();
  const std::clock_t until = std::clock() + CLOCKS_PER_SEC / 20;
  while (std::clock() < until) {
  }
  CHECK(read_process_stats().cpu_seconds_total.value() > before);
}

TEST_CASE("memory that is touched is resident") {
  const double before = read_process_stats().resident_memory_bytes.value();
  const std::vector<char> touched(64 * mebibyte, 'x');
  CHECK(touched.back() == 'x');
  CHECK(read_process_stats().resident_memory_bytes.value() > before + 32 * mebibyte);
}
