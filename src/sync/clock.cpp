#include "dbpool/sync/clock.hpp"

#include <fstream>
#include <limits>
#include <string>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace dbpool {
namespace {

using SteadyClock = std::chrono::steady_clock;

class KernelClock : public Clock {
 public:
  TimePoint now() const noexcept override { return SteadyClock::now(); }
  Duration tick() const noexcept override { return SteadyClock::now().time_since_epoch(); }
  std::chrono::system_clock::time_point wall() const noexcept override {
    return std::chrono::system_clock::now();
  }
  void wait_until(std::condition_variable& condition, std::unique_lock<std::mutex>& lock,
                  TimePoint until) const override {
    // TimePoint::max() overflows in some implementations of wait_until.
    if (until == TimePoint::max()) {
      condition.wait(lock);
    } else {
      condition.wait_until(lock, until);
    }
  }
};

#if defined(__x86_64__)

__extension__ using Int128 = __int128;

/// A kernel clock whose `tick()` counts processor cycles: 9 ns per reading instead of 22 ns.
class TscClock final : public KernelClock {
 public:
  TscClock() {
    const Moment began = read_both();
    while (SteadyClock::now() - began.time < calibration_time) {
    }
    const Moment ended = read_both();
    scale_ = (Duration(ended.time - began.time).count() << fraction_bits) /
             static_cast<std::int64_t>(ended.cycles - began.cycles);
    origin_ = ended.cycles;
  }

  Duration tick() const noexcept override {
    const auto cycles = static_cast<Int128>(__rdtsc() - origin_);
    return Duration(static_cast<std::int64_t>((cycles * scale_) >> fraction_bits));
  }

 private:
  struct Moment {
    std::uint64_t cycles;
    TimePoint time;
  };

  /// Reads both clocks 20 times and returns the fastest pair, which no interruption delayed.
  static Moment read_both() {
    Moment best{};
    auto least = std::numeric_limits<std::uint64_t>::max();
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t before = __rdtsc();
      const auto time = SteadyClock::now();
      const std::uint64_t took = __rdtsc() - before;
      if (took >= least) continue;
      least = took;
      best = {before + took / 2, time};
    }
    return best;
  }

  static constexpr auto calibration_time = std::chrono::milliseconds(2);
  static constexpr int fraction_bits = 32;
  std::int64_t scale_ = 0;  // nanoseconds per cycle, times 2^fraction_bits
  std::uint64_t origin_ = 0;
};

/// Returns whether the kernel's clock source is "tsc". The kernel drops it if the counter is unstable.
bool kernel_trusts_tsc() {
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  std::string source;
  return file >> source && source == "tsc";
}

std::shared_ptr<const Clock> make_clock() {
  if (kernel_trusts_tsc()) return std::make_shared<const TscClock>();
  return std::make_shared<const KernelClock>();
}

#else

std::shared_ptr<const Clock> make_clock() {
  return std::make_shared<const KernelClock>();
}

#endif

}  // namespace

std::shared_ptr<const Clock> machine_clock() {
  static const auto clock = make_clock();
  return clock;
}

}  // namespace dbpool
