#include "sources/synthetic/synthetic.hpp"

#include <algorithm>
#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "sources/recurring.hpp"
#include "sources/synthetic/books.hpp"
#include "sources/synthetic/pool_view.hpp"
#include "sources/synthetic/second_client.hpp"
#include "sources/synthetic/timed_operation.hpp"

namespace dbpool {
namespace {

/// How long a client waits before it checks whether it is in the pooler's queue at all: its request may be
/// lost in the network, or a server may hang.
constexpr Duration patience = std::chrono::seconds(10);

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

/// The client. A turn is an acquisition, with a connect where one is due.
class Synthetic::Client : public Recurring {
 public:
  Client(std::shared_ptr<const PoolSource> pooler, std::shared_ptr<Driver> driver, const SyntheticPace& pace,
         const Runtime& runtime, std::function<void(const PoolKey& pool)> on_probe_only, SharedBooks books)
      : Recurring(runtime),
        pooler_(std::move(pooler)),
        driver_(std::move(driver)),
        pace_(pace),
        on_probe_only_(std::move(on_probe_only)),
        books_(std::move(books)) {}

 private:
  void turn() override {
    if (connection_ != nullptr && connection_->is_broken()) connection_.reset();
    begin_step();
    if (is_excused()) return rest(pace_.interval);
    if (connection_ != nullptr) return acquire();
    connect();
  }

  void connect() {
    fresh_ = true;
    begin_step();
    books_->access()->in_line();
    connecting_ = driver_->start_connect(Deadline());
    const auto late = [this] { refused({ErrorKind::timeout, "the pooler let no client in in time"}); };
    run_timed(*connecting_, late, [this](const std::exception_ptr& failure) { connected(failure); });
  }

  void connected(const std::exception_ptr& failure) {
    const bool was_late = end_step();
    books_->access()->waiting_since(std::nullopt);
    const auto connecting = std::move(connecting_);
    if (stopped()) return;
    if (failure) {
      if (!was_late) refused(reason_of(failure));
      return rest_after_failure(pace_.interval);
    }
    connection_ = connecting->take();
    forget_failures();
    lands_in_pool();
    if (was_late) return rest(pace_.interval);
    books_->access()->apply(event::Connected{clock().tick() - tick_});
    acquire();
  }

  void acquire() {
    begin_step();
    books_->access()->waiting_since(tick_);
    answer_ = {};
    asking_ = connection_->start_query(SyntheticBooks::transaction, Deadline(), &answer_);
    run_timed(
        *asking_, [this] { time_out(clock().tick() - tick_); },
        [this](const std::exception_ptr& failure) { acquired(failure); });
  }

  void acquired(const std::exception_ptr& failure) {
    const Duration took = timed_->took();
    const bool was_late = end_step();
    asking_.reset();  // before its connection
    const bool counts = !is_excused();
    if (was_late && counts) books_->access()->waited_on(clock().tick());
    books_->access()->waiting_since(std::nullopt);
    if (connection_->is_broken() || (failure && was_late)) connection_.reset();
    if (stopped()) return;
    if (!failure) {
      books_->access()->served();
      learn_user();
      report_probe_only();
      if (!was_late && counts) book(took);
    } else {
      const DriverError error = reason_of(failure);
      // The pooler may have disconnected an idle client silently; a client in its queue gets an error first.
      if (error.kind() == ErrorKind::network && !timed_out(error) && !fresh_ && !was_late) return connect();
      if (!timed_out(error)) {
        note(error);
      } else if (!was_late) {
        time_out(clock().tick() - tick_);
      }
    }
    // Where the pool lends a server for longer than a transaction, a connected client would keep it.
    if (!view().lends_by_transaction()) connection_.reset();
    fresh_ = false;
    rest(pace_.interval);
  }

  void begin_step() {
    excused_ = false;
    resumed_.reset();
    tick_ = clock().tick();
    reads_ = view().reads();
  }

  /// Ends the step. Returns whether it was late.
  bool end_step() {
    const bool was_late = timed_->is_late();
    timed_.reset();
    return was_late;
  }

  /// Returns whether the pool was paused or disabled during the present step, as far as is known; the step
  /// then does not count.
  bool is_excused() {
    const Duration now = clock().tick();
    if (view().held_back()) {
      if (!excused_) books_->access()->held_back(now);
      excused_ = true;
      resumed_.reset();
    } else if (excused_ && !resumed_) {
      resumed_ = now;
    } else if (excused_ && now - *resumed_ >= pace_.timeout) {
      // The pool has served again for a full timeout, so the wait counts, from the moment it resumed.
      excused_ = false;
      if (asking_ != nullptr) books_->access()->waiting_since(*resumed_);
    }
    return excused_;
  }

  /// Returns whether to give up waiting. PgBouncer does not read from a client that waits for a server, so a
  /// client that disconnects stays in its queue; with one more each turn, the exporter would cause the crowd
  /// that it measures. So the client waits until it is answered or disconnected. It gives up earlier only
  /// when the pooler reports no waiting client: PgBouncer reads from a client that has a server, and notices
  /// that it disconnects.
  bool leaves() {
    if (stopped()) return true;
    if (asking_ != nullptr) time_out_again();
    if (clock().tick() - tick_ < patience) return false;
    const PoolView now = view();
    // One reading may have been in progress when the step began.
    return now.reads() >= reads_ + 2 && now.no_client_waits();
  }

  /// Reports once that the client measures a pool of its own.
  void report_probe_only() {
    if (is_probe_only_ || !on_probe_only_) return;
    const auto [probe_only, pool] = [this] {
      const auto books = books_->access();
      return std::pair(books->is_probe_only(), books->pool());
    }();
    if (!probe_only) return;
    is_probe_only_ = true;
    on_probe_only_(pool);
  }

  void book(Duration took) {
    const auto books = books_->access();
    books->apply(event::Acquired{clock().tick(), took, false});
    books->apply(event::Released{Duration::zero()});
  }

  void time_out(Duration waited) {
    if (is_excused()) return;
    const Duration now = clock().tick();
    books_->access()->apply(event::TimedOut{now, waited, clock().wall()});
    again_ = now + pace_.interval;
  }
  /// Each missed turn counts as a timeout too: a client arriving then would have queued behind this one. So
  /// the counters grow for as long as an outage lasts.
  void time_out_again() {
    if (!is_excused() && again_ <= clock().tick()) time_out(pace_.timeout);
  }

  void refused(const DriverError& error) {
    lands_in_pool();
    if (is_excused()) return;
    books_->access()->apply(event::ConnectFailed{});
    note(error);
  }

  void note(const DriverError& error) {
    const Duration now = clock().tick();
    books_->access()->apply(event::Failed{error.kind(), error.what(), now, tick_, clock().wall()});
  }

  void learn_user() {
    if (!answer_.rows.empty() && !answer_.rows[0].empty()) user_ = answer_.rows[0][0].value_or("");
    lands_in_pool();
  }
  void lands_in_pool() {
    const PoolInfo info = driver_->info();
    PoolKey pool(
        {.source = pooler_->name(), .database = info.database, .user = user_.empty() ? info.user : user_});
    books_->access()->lands_in(std::move(pool));
  }

  PoolView view() const {
    const auto reading = pooler_->read();
    return {*reading, books_->access()->pool()};
  }

  /// Runs `operation`, then `done`. The client owns the operation, which must be destroyed before its
  /// connection.
  void run_timed(Operation& operation, std::function<void()> late,
                 std::function<void(const std::exception_ptr&)> done) {
    timed_ = std::make_unique<TimedOperation>(
        operation, clock(), pace_.timeout,
        TimedOperation::Listener{std::move(late), [this] { return leaves(); }});
    run(*timed_, std::move(done));
  }

  const std::shared_ptr<const PoolSource> pooler_;
  const std::shared_ptr<Driver> driver_;
  const SyntheticPace pace_;
  const std::function<void(const PoolKey& pool)> on_probe_only_;
  const SharedBooks books_;
  // Used only by the running task.
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<ConnectOperation> connecting_;
  QueryResult answer_;
  std::unique_ptr<Operation> asking_;      // uses the connection and `answer_`
  std::unique_ptr<TimedOperation> timed_;  // runs `connecting_` or `asking_`
  std::uint64_t reads_ = 0;                // of the pooler when the present step began
  bool excused_ = false;                   // the present step does not count
  std::optional<Duration> resumed_;        // since when the pooler serves again while `excused_`
  bool is_probe_only_ = false;             // that was reported
  bool fresh_ = true;                      // the connection was opened in this turn
  std::string user_;                       // that the pooler logs in as; "" = not known yet
  Duration tick_{0};                       // when the present step began
  Duration again_{0};                      // when a waiting client counts as another timeout
};

Synthetic::Synthetic(std::shared_ptr<const PoolSource> pooler, const std::shared_ptr<Driver>& driver,
                     const SyntheticPace& pace, const Runtime& runtime, const SyntheticRecords& records)
    : pooler_(std::move(pooler)),
      clock_(runtime.clock),
      books_(std::make_shared<Guarded<SyntheticBooks>>(runtime.clock->wall(), records.ledger)),
      client_(std::make_shared<Client>(pooler_, driver, pace, runtime, records.on_probe_only, books_)),
      second_client_(std::make_shared<SecondClient>(
          pooler_, driver, SecondClient::Pace{pace.interval, pace.timeout}, runtime, books_)) {
  client_->start();
  second_client_->start();
}

Synthetic::~Synthetic() {
  client_->stop();
  second_client_->stop();
}

std::shared_ptr<const PoolSource::Reading> Synthetic::read() const {
  auto reading = pooler_->read();
  if (!reading->up.value_or(false)) return reading;
  const auto measured = std::make_shared<Reading>(*reading);
  books_->access()->add_to(*measured, pooler_->kind(), clock_->tick());
  return measured;
}

}  // namespace dbpool
