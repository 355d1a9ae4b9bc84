#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <source_location>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace dbpool_events {

/// A figure of now: idle, active, opening, waiting, min or max. The name must last forever, as a literal
/// does.
struct Gauge {
  std::string_view name;
  std::uint64_t value;
};

/// Where a lease was acquired: the caller's name for it, or if that is empty the source location.
struct Site {
  std::source_location where{};
  std::string name{};
  std::string trace_id{};  ///< of the trace in which it was acquired, in hexadecimal digits; "" = none
};

/// One line. Texts in views last forever.
struct Event {
  std::string_view verb;  ///< the name of a gauge is one as well
  std::string_view unit;  ///< "ms", "c" or "g"
  const std::string* pool;
  std::uint64_t value;  ///< nanoseconds, a count, or a gauge
  std::uint64_t lease = 0;
  std::optional<Site> site{};
  std::string_view detail{};  ///< the reason or the error's type
};

class DatagramWriter;

/// Sends the events of an application's connection pools to dbpool_exporter. Needs only the standard library
/// and POSIX. A call puts an event into a bounded queue and returns; one thread writes. Any thread may call
/// any member. A process that forks makes its sender afterwards.
class Sender {
 public:
  using Nanoseconds = std::chrono::nanoseconds;
  using ReadGauges = std::function<std::vector<Gauge>()>;

  /// Sends to unix:///path or udp://host:port. The exporter need not run yet. throws std::invalid_argument.
  explicit Sender(std::string_view address);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// Opens the address in DBPOOL_EVENTS; nullptr if it is unset or empty. throws std::invalid_argument.
  static std::shared_ptr<Sender> from_environment();

  /// Sends what the queue holds, and ends the thread.
  void close();

  /// Returns the number of events that were not sent. Each leaves one number out of seq.
  std::uint64_t dropped() const noexcept { return dropped_; }
  /// Returns a number that no other lease of this sender has.
  std::uint64_t new_lease() noexcept { return ++lease_; }

  /// A pool of a sender, to report about; of no sender by default, and then nothing is reported.
  class Pool {
   public:
    Pool() = default;
    /// A lease was given, or came back. lease: of `new_lease`.
    void acquired(Nanoseconds waited, std::uint64_t lease, std::optional<Site> site) const;
    void released(Nanoseconds held, std::uint64_t lease) const;
    /// A caller gave up, or was refused at once.
    void acquire_timeout(Nanoseconds waited) const;
    void acquire_rejected() const;
    void connected(Nanoseconds took) const;
    /// type: connect, authentication, timeout, validation, query, network or other; must last forever.
    void connect_failed(std::uint64_t count = 1) const;
    void error(std::string_view type, std::uint64_t count = 1) const;
    /// reason: max_lifetime, idle, validation, error, overflow, closed or shutdown; must last forever.
    void closed(std::string_view reason, std::uint64_t count = 1) const;
    /// Sends what `read` returns once a second, from the sender's thread. `read` must not call `unwatch`.
    void watch(ReadGauges read) const;
    /// Ends that. `read` does not run when this returns.
    void unwatch() const;

   private:
    friend class Sender;
    Pool(Sender& sender, const std::string& name) : sender_(&sender), name_(&name) {}

    void push(Event event) const;

    Sender* sender_ = nullptr;
    const std::string* name_ = nullptr;  ///< in the sender's names_
  };
  /// Returns the pool of this name. Must not outlive the sender, which keeps each name.
  Pool pool(std::string_view name);

 private:
  void push(Event event);
  void run();
  bool wait_for_work();
  void sample();
  void write();

  std::atomic<std::uint64_t> lease_{0}, dropped_{0};
  std::mutex mutex_;  ///< guards the next six
  std::condition_variable work_;
  bool stopping_ = false;
  bool half_full_ = false;
  std::vector<Event> queue_;
  std::uint64_t unsent_ = 0;  ///< events that did not fit into the queue
  std::set<std::string> names_;
  std::mutex watching_;  ///< guards the next
  std::map<const std::string*, ReadGauges> watched_;
  std::vector<Event> spare_;  ///< this and the next two: of the thread
  std::chrono::steady_clock::time_point sampled_ = std::chrono::steady_clock::now();
  std::unique_ptr<DatagramWriter> writer_;
  std::thread thread_;
};

}  // namespace dbpool_events
