#include "snapshot/process_stats.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace dbpool {
namespace {

/// The numbered fields of /proc/self/stat, see proc(5).
struct StatField {
  static constexpr std::size_t utime = 14, stime = 15, num_threads = 20, starttime = 22, vsize = 23, rss = 24;
  static constexpr std::size_t first_number = 4, last = rss;
};

using StatFields = std::array<double, StatField::last + 1>;

std::optional<StatFields> read_stat() {
  std::ifstream file("/proc/self/stat");
  // The second field is the program's name, which may contain blanks and parentheses.
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  char state = 0;
  rest >> state;
  StatFields fields{};
  for (std::size_t i = StatField::first_number; i <= StatField::last; ++i) rest >> fields[i];
  if (!rest) return std::nullopt;
  return fields;
}

std::optional<double> boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    if (double seconds = 0; word == "btime" && file >> seconds) return seconds;
  }
  return std::nullopt;
}

std::optional<double> count_open_fds() {
  std::error_code failure;
  std::filesystem::directory_iterator entry("/proc/self/fd", failure);
  double count = 0;
  while (!failure && entry != std::filesystem::directory_iterator()) {
    ++count;
    entry.increment(failure);
  }
  if (failure) return std::nullopt;
  return count - 1;  // without the descriptor that lists them
}

std::optional<double> limit_of(__rlimit_resource resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

double heap_in_use() {
  // If another allocator replaces glibc's, the first call sets glibc's up; two at once would do so twice.
  [[maybe_unused]] static const struct mallinfo2 set_up = mallinfo2();
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

}  // namespace

ProcessStats read_process_stats() {
  // Read once: the kernel changes it when the wall clock is set.
  static const std::optional<double> booted = boot_time();
  ProcessStats stats;
  if (const auto stat = read_stat()) {
    const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
    stats.cpu_seconds_total = ((*stat)[StatField::utime] + (*stat)[StatField::stime]) / ticks_per_second;
    stats.virtual_memory_bytes = (*stat)[StatField::vsize];
    stats.resident_memory_bytes = (*stat)[StatField::rss] * static_cast<double>(sysconf(_SC_PAGESIZE));
    stats.threads = (*stat)[StatField::num_threads];
    if (booted) stats.start_time_seconds = *booted + (*stat)[StatField::starttime] / ticks_per_second;
  }
  stats.open_fds = count_open_fds();
  stats.max_fds = limit_of(RLIMIT_NOFILE);
  stats.virtual_memory_max_bytes = limit_of(RLIMIT_AS);
  stats.heap_bytes = heap_in_use();
  return stats;
}

}  // namespace dbpool
