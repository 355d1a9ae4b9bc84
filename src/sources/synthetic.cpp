#include "sources/synthetic.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "pool/backoff.hpp"
#include "sources/synthetic_books.hpp"

namespace dbpool {
namespace {

constexpr Duration first_pause = std::chrono::seconds(1);
constexpr Duration longest_pause = std::chrono::seconds(16);

/// A transaction that costs the server nothing and tells whom the pooler has logged in as: a database's entry
/// may name another user than the client's.
constexpr const char* transaction = "SELECT session_user";

/// Times an operation from its first step to its last, without the scheduler's part before.
class Timed : public Operation {
 public:
  Timed(std::unique_ptr<Operation> timed, const Clock& clock) : timed_(std::move(timed)), clock_(clock) {}

  std::optional<IoWait> advance() override {
    if (!began_) began_ = clock_.tick();
    const auto wait = timed_->advance();
    if (!wait) took_ = clock_.tick() - *began_;
    return wait;
  }
  /// 0 until it is done.
  Duration took() const noexcept { return took_; }

 private:
  const std::unique_ptr<Operation> timed_;
  const Clock& clock_;
  std::optional<Duration> began_;
  Duration took_{0};
};

/// What went wrong, as drivers put it.
DriverError reason_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const DriverError& error) {
    return error;
  } catch (const std::exception& error) {
    return {ErrorKind::other, error.what()};
  }
}

/// Whether it gave up waiting for a server, or the pooler did.
bool timed_out(const DriverError& error) {
  return error.kind() == ErrorKind::timeout ||
         std::string_view(error.what()).find("query_wait_timeout") != std::string_view::npos;
}

}  // namespace

/// The loop: a chain of tasks, each of which begins the next, so that no two of them run at a time.
class Synthetic::Client : public std::enable_shared_from_this<Client> {
 public:
  Client(std::shared_ptr<const PoolSource> pooler, std::shared_ptr<Driver> driver, const SyntheticPace& pace,
         const Runtime& runtime)
      : pooler_(std::move(pooler)),
        driver_(std::move(driver)),
        pace_(pace),
        runtime_(runtime),
        books_(runtime.clock->wall()) {}

  void turn() {
    if (stopped_) return;
    began_ = runtime_.clock->now();
    tick_ = runtime_.clock->tick();
    if (connection_ != nullptr && connection_->is_broken()) connection_.reset();
    if (connection_ != nullptr) return acquire();
    connect();
  }
  void stop() noexcept { stopped_ = true; }

  void add_to(Reading& reading) const { books_.access()->add_to(reading, *pooler_, runtime_.clock->tick()); }

 private:
  void connect() {
    fresh_ = true;
    tick_ = runtime_.clock->tick();
    connecting_ = driver_->start_connect(Deadline(runtime_.clock->now() + pace_.timeout));
    run(*connecting_, [](Client& self, const std::exception_ptr& failure) { self.connected(failure); });
  }

  void connected(const std::exception_ptr& failure) {
    const auto connecting = std::move(connecting_);
    const PoolInfo info = driver_->info();
    books_.access()->lands_in(info.database, user_.empty() ? info.user : user_);
    if (failure) {
      books_.access()->apply(event::ConnectFailed{});
      note(reason_of(failure));
      return rest(backoff_.next());
    }
    connection_ = connecting->take();
    backoff_.reset();
    books_.access()->apply(event::Connected{runtime_.clock->tick() - tick_});
    acquire();
  }

  void acquire() {
    tick_ = runtime_.clock->tick();
    books_.access()->waiting_since(tick_);
    answer_ = {};
    const Deadline deadline(runtime_.clock->now() + pace_.timeout);
    acquiring_ =
        std::make_unique<Timed>(connection_->start_query(transaction, deadline, &answer_), *runtime_.clock);
    run(*acquiring_, [](Client& self, const std::exception_ptr& failure) { self.acquired(failure); });
  }

  void acquired(const std::exception_ptr& failure) {
    const Duration took = acquiring_->took();
    acquiring_.reset();  // before its connection
    books_.access()->waiting_since(std::nullopt);
    if (!failure) {
      book(took);
    } else {
      const DriverError error = reason_of(failure);
      if (connection_->is_broken()) connection_.reset();
      // A client that was idle may have been sent away without being told.
      if (error.kind() == ErrorKind::network && !fresh_) return connect();
      give_up(error);
    }
    if (!may_stay()) connection_.reset();
    fresh_ = false;
    rest(Duration::zero());
  }

  void book(Duration took) {
    if (!answer_.rows.empty() && !answer_.rows[0].empty()) user_ = answer_.rows[0][0].value_or("");
    const PoolInfo info = driver_->info();
    const auto books = books_.access();
    books->lands_in(info.database, user_.empty() ? info.user : user_);
    books->apply(event::Acquired{runtime_.clock->tick(), took, false});
    books->apply(event::Released{Duration::zero()});
  }

  void give_up(const DriverError& error) {
    if (!timed_out(error)) return note(error);
    const Duration now = runtime_.clock->tick();
    books_.access()->apply(event::TimedOut{now, now - tick_, runtime_.clock->wall()});
  }

  void note(const DriverError& error) {
    const Duration now = runtime_.clock->tick();
    books_.access()->apply(event::Failed{error.kind(), error.what(), now, tick_, runtime_.clock->wall()});
  }

  /// Whether the pool gives its server back after a transaction.
  bool may_stay() const {
    const std::string name = books_.access()->pool(pooler_->name());
    for (const PoolSnapshot& pool : pooler_->read().pools) {
      if (pool.pool == name) return pool.pool_mode == "transaction" || pool.pool_mode == "statement";
    }
    return false;
  }

  void rest(Duration at_least) {
    const TimePoint next = began_ + std::max(pace_.interval, at_least);
    runtime_.scheduler->at(std::max(next, runtime_.clock->now()), [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->turn();
    });
  }

  /// Whoever holds the operation holds the client, whose connection it uses. The client owns it: a task may
  /// still hold its operation when its end is told, and a connection may go only after what uses it.
  template <typename Done>
  void run(Operation& operation, Done done) {
    const std::shared_ptr<Operation> held(shared_from_this(), &operation);
    run_on(runtime_.scheduler, held,
           [self = shared_from_this(), done](const std::exception_ptr& failure) { done(*self, failure); });
  }

  const std::shared_ptr<const PoolSource> pooler_;
  const std::shared_ptr<Driver> driver_;
  const SyntheticPace pace_;
  const Runtime runtime_;
  std::atomic<bool> stopped_ = false;
  Guarded<SyntheticBooks> books_;
  // Of the one task that runs at a time.
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<ConnectOperation> connecting_;
  QueryResult answer_;
  std::unique_ptr<Timed> acquiring_;  // uses the connection and the answer
  bool fresh_ = true;                 // the connection was opened in this turn
  std::string user_;                  // whom the pooler logs in as; "" = not known yet
  TimePoint began_;
  Duration tick_{0};  // when the present step began
  Backoff backoff_{first_pause, longest_pause};
};

Synthetic::Synthetic(std::shared_ptr<const PoolSource> pooler, std::shared_ptr<Driver> driver,
                     const SyntheticPace& pace, const Runtime& runtime)
    : pooler_(std::move(pooler)),
      client_(std::make_shared<Client>(pooler_, std::move(driver), pace, runtime)) {
  runtime.scheduler->post([client = client_] { client->turn(); });
}

Synthetic::~Synthetic() {
  client_->stop();
}

PoolSource::Reading Synthetic::read() const {
  Reading reading = pooler_->read();
  client_->add_to(reading);
  return reading;
}

}  // namespace dbpool
