#include "sources/probed_source.hpp"

#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "sources/reading.hpp"
#include "sources/recurring.hpp"

namespace dbpool {

/// Reads the target again and again. A turn is a reading.
class ProbedSource::Reader : public Recurring {
 public:
  Reader(const ProbeOptions& options, std::unique_ptr<Probe> probe, const Runtime& runtime,
         OnReading on_reading)
      : Recurring(runtime), options_(options), on_reading_(std::move(on_reading)), probe_(std::move(probe)) {
    publish(unread_source(), {});
  }

  const ProbeOptions& options() const noexcept { return options_; }
  std::shared_ptr<const Reading> reading() const { return last_.access()->reading; }
  std::vector<LeakReport> leaks(const std::string& pool) const {
    const auto last = last_.access();
    const auto found = last->leaks.find(pool);
    return found == last->leaks.end() ? std::vector<LeakReport>() : found->second;
  }

 private:
  using Leaks = std::map<std::string, std::vector<LeakReport>>;
  struct Last {
    std::shared_ptr<const Reading> reading;
    Leaks leaks;
  };

  void turn() override {
    reading_ = probe_->start_read(Deadline(began() + options_.timeout));
    run(*reading_, [this](const std::exception_ptr& failure) { end(failure); });
  }

  void end(const std::exception_ptr& failure) {
    bool failed = false;
    try {
      if (failure) std::rethrow_exception(failure);
      ProbeResult result = reading_->take();
      settle(result, options_.limit);  // each label once: see reading.hpp
      count_slow_acquisitions(result, options_.latency_objective);
      succeed(std::move(result));
      forget_failures();
    } catch (const std::exception& error) {
      failed = true;
      fail(error.what());
    }
    reading_.reset();
    report();
    failed ? rest_after_failure(options_.interval) : rest(options_.interval);
  }

  void report() const {
    if (!on_reading_) return;
    const Last last = *last_.access();
    on_reading_({options_.name, options_.kind, *last.reading, last.leaks});
  }

  void succeed(ProbeResult result) {
    Leaks leaks = std::move(result.leaks);
    publish(after_success(*reading(), std::move(result), times()), std::move(leaks));
  }

  void fail(const std::string& why) { publish(after_failure(*reading(), why, times()), {}); }

  ReadingTimes times() const { return {began(), clock().now(), clock().wall()}; }

  /// `Snapshotter::snapshot` reads it at the next scrape.
  void publish(Reading next, Leaks leaks) {
    Last last{std::make_shared<const Reading>(std::move(next)), std::move(leaks)};
    std::swap(*last_.access(), last);  // the one before is destroyed after the lock is free
  }

  const ProbeOptions options_;
  const OnReading on_reading_;
  Guarded<Last> last_;
  // Used only by the running task.
  const std::unique_ptr<Probe> probe_;
  std::unique_ptr<ProbeOperation> reading_;
};

ProbedSource::ProbedSource(const ProbeOptions& options, std::unique_ptr<Probe> probe, const Runtime& runtime,
                           OnReading on_reading)
    : reader_(std::make_shared<Reader>(options, std::move(probe), runtime, std::move(on_reading))) {
  reader_->start();
}

ProbedSource::~ProbedSource() {
  reader_->stop();
}

const std::string& ProbedSource::name() const noexcept {
  return reader_->options().name;
}
SourceKind ProbedSource::kind() const noexcept {
  return reader_->options().kind;
}
std::shared_ptr<const PoolSource::Reading> ProbedSource::read() const {
  return reader_->reading();
}
std::vector<LeakReport> ProbedSource::leaks(const std::string& pool) const {
  return reader_->leaks(pool);
}

}  // namespace dbpool
