#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "dbpool/drivers/sqlite.hpp"
#include "dbpool/pool/pool.hpp"
#include "snapshot/process_stats.hpp"
#include "support/fakes/fake_driver.hpp"
#include "support/servers/child_process.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

constexpr unsigned callers_a_pool = 4;

std::uint64_t from_environment(const char* name, std::uint64_t fallback) {
  const char* given = std::getenv(name);
  return given == nullptr ? fallback : std::strtoull(given, nullptr, 10);
}

PoolOptions options(const std::string& name) {
  PoolOptions options;
  options.name = name;
  options.min_size = 2;
  options.max_size = 3;
  options.max_overflow = 1;
  options.max_waiting = 3;
  options.max_lifetime = 2s;
  options.connect_timeout = options.validation_timeout = 100ms;
  options.health_check_interval = 500ms;
  options.leak_detection_timeout = 1s;
  return options;
}

/// A database and its faults.
class Subject {
 public:
  Subject(const std::string& name, std::shared_ptr<Driver> driver, const Runtime& runtime)
      : pool(options(name), std::move(driver), runtime) {}
  virtual ~Subject() = default;
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  /// Injects the `number`th fault and ends it. Blocks until then.
  virtual void suffer(unsigned number) = 0;

  Pool pool;
  // The callers' own counts.
  std::atomic<std::uint64_t> acquired{0}, timed_out{0}, rejected{0}, failed{0};
};

class FakeSubject final : public Subject {
 public:
  explicit FakeSubject(const Runtime& runtime)
      : FakeSubject(runtime, std::make_shared<test::FakeDatabase>(runtime.clock)) {}

  void suffer(unsigned number) override {
    switch (number % 6) {
      case 0:
        return while_it_lasts(database_->up, false);
      case 1:
        return database_->restart();
      case 2:
        database_->connects_to_fail = 1;
        return database_->restart();
      case 3:
        return while_it_lasts(database_->silent, true);
      case 4:
        return while_it_lasts(database_->query_refused, true);
      default:
        pool.close_connections();
    }
  }

 private:
  FakeSubject(const Runtime& runtime, const std::shared_ptr<test::FakeDatabase>& database)
      : Subject("fake", std::make_shared<test::FakeDriver>(database), runtime), database_(database) {}

  static void while_it_lasts(std::atomic<bool>& flag, bool value) {
    flag = value;
    std::this_thread::sleep_for(300ms);
    flag = !value;
  }

  std::shared_ptr<test::FakeDatabase> database_;
};

class FileSubject final : public Subject {
 public:
  FileSubject(const Runtime& runtime, const fs::path& folder)
      : Subject("file", sqlite_driver((folder / "soak.db").string(), {.create = true}), runtime),
        folder_(folder) {}

  void suffer(unsigned number) override {
    const fs::path elsewhere = folder_.string() + "_elsewhere";
    switch (number % 3) {
      case 0:
        fs::remove(folder_ / "soak.db");
        return;
      case 1:
        fs::rename(folder_, elsewhere);
        std::this_thread::sleep_for(300ms);
        return fs::rename(elsewhere, folder_);
      default:
        pool.close_connections();
    }
  }

 private:
  const fs::path folder_;
};

/// Runs one caller until all callers of the subject together have acquired that often.
void act_at_random(Subject& subject, unsigned seed, std::uint64_t acquisitions) {
  std::mt19937 random(seed);
  const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
  while (subject.acquired < acquisitions) {
    try {
      Lease lease = subject.pool.acquire({.timeout = chance(5) ? 0us : 20'000us, .site = {}});
      ++subject.acquired;
      if (chance(10)) lease.execute("SELECT 1");
      if (chance(1)) lease.discard();
      if (chance(20)) std::this_thread::sleep_for(std::chrono::microseconds(random() % 300));
    } catch (const AcquireTimeout&) {
      ++subject.timed_out;
    } catch (const AcquireRejected&) {
      ++subject.rejected;
      std::this_thread::sleep_for(1ms);  // limits retries in an outage
    } catch (const DriverError&) {
      ++subject.failed;
    }
  }
}

/// Samples of what the process uses.
struct Usage {
  std::vector<double> memory, descriptors, threads;

  void sample() {
    const ProcessStats stats = read_process_stats();
    memory.push_back(stats.resident_memory_bytes.value());
    descriptors.push_back(stats.open_fds.value());
    threads.push_back(stats.threads.value());
  }
};

/// Returns the median of the last quarter minus that of the quarter before.
double growth(const std::vector<double>& samples) {
  const auto median = [&](std::size_t quarter) {
    const auto size = samples.size() / 4;
    std::vector<double> part(samples.begin() + static_cast<std::ptrdiff_t>(quarter * size),
                             samples.begin() + static_cast<std::ptrdiff_t>((quarter + 1) * size));
    std::ranges::nth_element(part, part.begin() + static_cast<std::ptrdiff_t>(size / 2));
    return part[size / 2];
  };
  return median(3) - median(2);
}

/// Returns the maximum of the second half minus that of the first; for values that vary with the number of
/// connections.
double growth_of_peaks(const std::vector<double>& samples) {
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  return *std::max_element(middle, samples.end()) - *std::max_element(samples.begin(), middle);
}

void check_books(const PoolSnapshot& s) {
  CHECK(s.acquisitions == *s.releases + *s.active);
  CHECK(s.usage_duration->count() == *s.releases);
  CHECK(s.acquisition_duration->count() == *s.acquisitions + *s.acquisition_timeouts);
  CHECK(s.leaks_detected == *s.leaks_recovered + *s.leaked);
}

/// Checks the books after all callers have left, and again after all connections have closed.
void check_final_books(Subject& subject) {
  const PoolSnapshot s = subject.pool.snapshot();
  CAPTURE(s.label());
  check_books(s);
  CHECK(s.active == 0);
  CHECK(s.acquisitions == subject.acquired.load());
  CHECK(s.acquisition_timeouts == subject.timed_out.load());
  CHECK(s.acquisition_rejections == subject.rejected.load());
  CHECK(*s.reconnect_attempts > 0);

  CHECK(subject.pool.drain(5s));
  const auto opened_and_closed = [&] {
    const PoolSnapshot end = subject.pool.snapshot();
    std::uint64_t closed = 0;
    for (const auto& count : end.closed) closed += count.value_or(0);
    return end.total() == 0 && end.opening == 0 && end.created == closed;
  };
  for (int i = 0; i < 500 && !opened_and_closed(); ++i) std::this_thread::sleep_for(10ms);
  CHECK(opened_and_closed());
  MESSAGE(s.label(), ": ", *s.acquisitions, " acquisitions, ", subject.timed_out.load(), " timeouts, ",
          subject.rejected.load(), " rejections, ", subject.failed.load(), " statements failed, ", *s.created,
          " connections, ", *s.reconnect_attempts, " reconnects");
}

/// Callers, faults and a reader, all at the same time.
class Soak {
 public:
  Soak(std::vector<Subject*> subjects, std::uint64_t acquisitions) : subjects_(std::move(subjects)) {
    for (Subject* subject : subjects_) {
      for (unsigned i = 0; i < callers_a_pool; ++i) {
        callers_.emplace_back(
            [subject, i, share = acquisitions / subjects_.size()] { act_at_random(*subject, i, share); });
      }
      troubles_.emplace_back([this, subject] { make_trouble(*subject); });
    }
  }

  /// Samples until every caller has finished.
  Usage watch(std::uint64_t acquisitions) {
    Usage usage;
    const auto done = [&] {
      std::uint64_t all = 0;
      for (const Subject* subject : subjects_) all += subject->acquired;
      return all >= acquisitions;
    };
    while (!done()) {
      std::this_thread::sleep_for(50ms);
      usage.sample();
      for (const Subject* subject : subjects_) check_books(subject->pool.snapshot());
    }
    callers_.clear();
    over_ = true;
    troubles_.clear();
    return usage;
  }

 private:
  void make_trouble(Subject& subject) {
    const std::chrono::milliseconds interval(from_environment("DBPOOL_SOAK_FAULT_INTERVAL_MS", 2000));
    // The first fault is an outage and comes at once, so that the shortest life has one.
    for (unsigned number = 0; !over_; ++number) {
      subject.suffer(number);
      std::this_thread::sleep_for(interval);
    }
  }

  std::vector<Subject*> subjects_;
  std::atomic<bool> over_{false};
  std::vector<std::jthread> callers_, troubles_;
};

}  // namespace

TEST_CASE("over a long life with faults the books balance exactly, and nothing the process uses grows") {
  const std::uint64_t acquisitions = from_environment("DBPOOL_SOAK_ACQUISITIONS", 300'000);
  const auto runtime = Runtime::start(4);
  const TemporaryDirectory directory;
  fs::create_directory(directory.path() / "data");
  FakeSubject fake(runtime);
  FileSubject file(runtime, directory.path() / "data");
  REQUIRE(fake.pool.warm_up(10s));
  REQUIRE(file.pool.warm_up(10s));

  const auto began = std::chrono::steady_clock::now();
  const Usage usage = Soak({&fake, &file}, acquisitions).watch(acquisitions);
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  REQUIRE(usage.memory.size() >= 40);
  MESSAGE(acquisitions, " acquisitions in ", took, " s; RSS ", usage.memory.back() / 1e6,
          " MB, in the second half ", growth(usage.memory) / 1e3, " kB more, ",
          growth_of_peaks(usage.descriptors), " descriptors, ", growth_of_peaks(usage.threads), " threads");
  CHECK(growth(usage.memory) < 2e6);
  CHECK(growth_of_peaks(usage.descriptors) <= 4);
  CHECK(growth_of_peaks(usage.threads) <= 0);
  check_final_books(fake);
  check_final_books(file);
}
