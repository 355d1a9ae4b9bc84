#include "sources/synthetic/synthetic.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "pool/backoff.hpp"
#include "sources/synthetic/books.hpp"
#include "sources/synthetic/patient_operation.hpp"
#include "sources/synthetic/pool_view.hpp"

namespace dbpool {
namespace {

constexpr Duration first_pause = std::chrono::seconds(1);
constexpr Duration longest_pause = std::chrono::seconds(16);
/// How long a client waits before it checks whether it is in the pooler's queue at all: its request may be
/// lost in the network, or a server may hang.
constexpr Duration patience = std::chrono::seconds(10);

/// Costs the server nothing and returns the user that the pooler has logged in as: a database's entry may
/// name another user than the client's.
constexpr const char* transaction = "SELECT session_user";

/// Returns the failure as a DriverError.
DriverError reason_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const DriverError& error) {
    return error;
  } catch (const std::exception& error) {
    return {ErrorKind::other, error.what()};
  }
}

/// Returns whether the client, or the pooler (query_wait_timeout), gave up waiting for a server.
bool timed_out(const DriverError& error) {
  return error.kind() == ErrorKind::timeout ||
         std::string_view(error.what()).find("query_wait_timeout") != std::string_view::npos;
}

}  // namespace

/// The loop: a chain of tasks, each of which starts the next, so that no two of them run at the same time.
class Synthetic::Client : public std::enable_shared_from_this<Client> {
 public:
  Client(std::shared_ptr<const PoolSource> pooler, std::shared_ptr<Driver> driver, const SyntheticPace& pace,
         const Runtime& runtime, const LedgerOptions& ledger)
      : pooler_(std::move(pooler)),
        driver_(std::move(driver)),
        pace_(pace),
        runtime_(runtime),
        books_(runtime.clock->wall(), ledger) {}

  void turn() {
    if (stopped_) return;
    began_ = runtime_.clock->now();
    if (connection_ != nullptr && connection_->is_broken()) connection_.reset();
    begin_step();
    if (is_excused()) return rest(Duration::zero());
    if (connection_ != nullptr) return acquire();
    connect();
  }
  void stop() noexcept { stopped_ = true; }

  void add_to(Reading& reading) const { books_.access()->add_to(reading, *pooler_, runtime_.clock->tick()); }

 private:
  void connect() {
    fresh_ = true;
    begin_step();
    books_.access()->in_line();
    connecting_ = driver_->start_connect(Deadline());
    const auto late = [this] { refused({ErrorKind::timeout, "the pooler let no client in in time"}); };
    run(*connecting_, late, [](Client& self, const std::exception_ptr& failure) { self.connected(failure); });
  }

  void connected(const std::exception_ptr& failure) {
    const bool was_late = end_step();
    books_.access()->waiting_since(std::nullopt);
    const auto connecting = std::move(connecting_);
    if (stopped_) return;
    if (failure) {
      if (!was_late) refused(reason_of(failure));
      return rest(backoff_.next());
    }
    connection_ = connecting->take();
    backoff_.reset();
    lands_in_pool();
    if (was_late) return rest(Duration::zero());
    books_.access()->apply(event::Connected{runtime_.clock->tick() - tick_});
    acquire();
  }

  void acquire() {
    begin_step();
    books_.access()->waiting_since(tick_);
    answer_ = {};
    asking_ = connection_->start_query(transaction, Deadline(), &answer_);
    run(
        *asking_, [this] { time_out(runtime_.clock->tick() - tick_); },
        [](Client& self, const std::exception_ptr& failure) { self.acquired(failure); });
  }

  void acquired(const std::exception_ptr& failure) {
    const Duration took = patient_->took();
    const bool was_late = end_step();
    asking_.reset();  // before its connection
    const bool counts = !is_excused();
    if (was_late && counts) books_.access()->waited_on(runtime_.clock->tick());
    books_.access()->waiting_since(std::nullopt);
    if (connection_->is_broken() || (failure && was_late)) connection_.reset();
    if (stopped_) return;
    if (!failure) {
      learn_user();
      if (!was_late && counts) book(took);
    } else {
      const DriverError error = reason_of(failure);
      // The pooler may have disconnected an idle client silently; a client in its queue gets an error first.
      if (error.kind() == ErrorKind::network && !timed_out(error) && !fresh_ && !was_late) return connect();
      if (!timed_out(error)) {
        note(error);
      } else if (!was_late) {
        time_out(runtime_.clock->tick() - tick_);
      }
    }
    // Where the pool lends a server for longer than a transaction, a connected client would keep it.
    if (!view().lends_by_transaction()) connection_.reset();
    fresh_ = false;
    rest(Duration::zero());
  }

  void begin_step() {
    excused_ = false;
    resumed_.reset();
    tick_ = runtime_.clock->tick();
    reads_ = view().reads();
  }

  /// Ends the step. Returns whether it was late.
  bool end_step() {
    const bool was_late = patient_->is_late();
    patient_.reset();
    return was_late;
  }

  /// Returns whether the pool was paused or disabled during the present step, as far as is known; the step
  /// then does not count.
  bool is_excused() {
    const Duration now = runtime_.clock->tick();
    if (view().held_back()) {
      if (!excused_) books_.access()->held_back(now);
      excused_ = true;
      resumed_.reset();
    } else if (excused_ && !resumed_) {
      resumed_ = now;
    } else if (excused_ && now - *resumed_ >= pace_.timeout) {
      // The pool has served again for a full timeout, so the wait counts, from the moment it resumed.
      excused_ = false;
      if (asking_ != nullptr) books_.access()->waiting_since(*resumed_);
    }
    return excused_;
  }

  /// Returns whether to give up waiting. PgBouncer does not read from a client that waits for a server, so a
  /// client that disconnects stays in its queue; with one more each turn, the exporter would cause the crowd
  /// that it measures. So the client waits until it is answered or disconnected. It gives up earlier only
  /// when the pooler reports no waiting client: PgBouncer reads from a client that has a server, and notices
  /// that it disconnects.
  bool leaves() {
    if (stopped_) return true;
    if (asking_ != nullptr) time_out_again();
    if (runtime_.clock->tick() - tick_ < patience) return false;
    const PoolView now = view();
    // One reading may have been in progress when the step began.
    return now.reads() >= reads_ + 2 && now.no_client_waits();
  }

  void book(Duration took) {
    const auto books = books_.access();
    books->apply(event::Acquired{runtime_.clock->tick(), took, false});
    books->apply(event::Released{Duration::zero()});
  }

  void time_out(Duration waited) {
    if (is_excused()) return;
    const Duration now = runtime_.clock->tick();
    books_.access()->apply(event::TimedOut{now, waited, runtime_.clock->wall()});
    again_ = now + pace_.interval;
  }
  /// Each missed turn counts as a timeout too: a client arriving then would have queued behind this one. So
  /// the counters grow for as long as an outage lasts.
  void time_out_again() {
    if (!is_excused() && again_ <= runtime_.clock->tick()) time_out(pace_.timeout);
  }

  void refused(const DriverError& error) {
    lands_in_pool();
    if (is_excused()) return;
    books_.access()->apply(event::ConnectFailed{});
    note(error);
  }

  void note(const DriverError& error) {
    const Duration now = runtime_.clock->tick();
    books_.access()->apply(event::Failed{error.kind(), error.what(), now, tick_, runtime_.clock->wall()});
  }

  void learn_user() {
    if (!answer_.rows.empty() && !answer_.rows[0].empty()) user_ = answer_.rows[0][0].value_or("");
    lands_in_pool();
  }
  void lands_in_pool() {
    const PoolInfo info = driver_->info();
    books_.access()->lands_in(info.database, user_.empty() ? info.user : user_);
  }

  PoolView view() const {
    const auto reading = pooler_->read();
    const auto books = books_.access();
    return {*reading, books->pool(pooler_->name()), books->database(pooler_->name())};
  }

  void rest(Duration at_least) {
    const TimePoint next = began_ + std::max(pace_.interval, at_least);
    runtime_.scheduler->at(std::max(next, runtime_.clock->now()), [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->turn();
    });
  }

  /// Runs `operation`, then `done`. `held` keeps the client alive, whose connection the operation uses. The
  /// client owns the operation: a task may still hold the pointer when `done` runs, and the operation must be
  /// destroyed before its connection.
  template <typename Done>
  void run(Operation& operation, std::function<void()> late, Done done) {
    patient_ = std::make_unique<PatientOperation>(
        operation, *runtime_.clock, pace_.timeout,
        PatientOperation::Listener{std::move(late), [this] { return leaves(); }});
    const std::shared_ptr<Operation> held(shared_from_this(), patient_.get());
    run_on(runtime_.scheduler, held,
           [self = shared_from_this(), done](const std::exception_ptr& failure) { done(*self, failure); });
  }

  const std::shared_ptr<const PoolSource> pooler_;
  const std::shared_ptr<Driver> driver_;
  const SyntheticPace pace_;
  const Runtime runtime_;
  std::atomic<bool> stopped_ = false;
  Guarded<SyntheticBooks> books_;
  // Used only by the running task.
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<ConnectOperation> connecting_;
  QueryResult answer_;
  std::unique_ptr<Operation> asking_;          // uses the connection and `answer_`
  std::unique_ptr<PatientOperation> patient_;  // runs `connecting_` or `asking_`
  std::uint64_t reads_ = 0;                    // of the pooler when the present step began
  bool excused_ = false;                       // the present step does not count
  std::optional<Duration> resumed_;            // since when the pooler serves again while `excused_`
  bool fresh_ = true;                          // the connection was opened in this turn
  std::string user_;                           // that the pooler logs in as; "" = not known yet
  TimePoint began_;
  Duration tick_{0};   // when the present step began
  Duration again_{0};  // when a waiting client counts as another timeout
  Backoff backoff_{first_pause, longest_pause};
};

Synthetic::Synthetic(std::shared_ptr<const PoolSource> pooler, std::shared_ptr<Driver> driver,
                     const SyntheticPace& pace, const Runtime& runtime, const LedgerOptions& ledger)
    : pooler_(std::move(pooler)),
      client_(std::make_shared<Client>(pooler_, std::move(driver), pace, runtime, ledger)) {
  runtime.scheduler->post([client = client_] { client->turn(); });
}

Synthetic::~Synthetic() {
  client_->stop();
}

std::shared_ptr<const PoolSource::Reading> Synthetic::read() const {
  auto reading = pooler_->read();
  if (!reading->up.value_or(false)) return reading;
  const auto measured = std::make_shared<Reading>(*reading);
  client_->add_to(*measured);
  return measured;
}

}  // namespace dbpool
