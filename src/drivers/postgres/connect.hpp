#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dbpool/drivers/postgres.hpp"
#include "dbpool/sync/guarded.hpp"
#include "drivers/postgres/dsn.hpp"
#include "drivers/postgres/threads.hpp"
#include "net/name_resolver.hpp"

namespace dbpool {

/// State that the connects of one driver share. Any thread may use it.
struct PostgresContext {
  DsnSource dsn;
  std::shared_ptr<PostgresThreads> threads;
  PostgresCancel cancel;
  std::optional<PostgresPlace> place;  ///< in place of those that the connection string names
  Guarded<PoolInfo> info;              ///< from the connection string as last read

  PostgresContext(DsnSource dsn_, std::shared_ptr<PostgresThreads> threads_, PostgresCancel cancel_,
                  std::optional<PostgresPlace> place_)
      : dsn(std::move(dsn_)), threads(std::move(threads_)), cancel(cancel_), place(std::move(place_)) {}
  /// Reads the connection string again. throws DriverError (connect).
  PostgresTarget target();
};

/// Opens one connection in four steps: reads the connection string, looks up names, connects, hands over.
/// Each place has a share of the remaining time; after that, the others are tried without it.
class PostgresConnect : public ConnectOperation {
 public:
  PostgresConnect(std::shared_ptr<PostgresContext> context, Deadline deadline)
      : context_(std::move(context)), deadline_(deadline) {}

  std::optional<IoWait> advance(TimePoint now) override;
  std::unique_ptr<Connection> take() override;

 private:
  enum class Step { read, look_up, connect };
  struct Name {
    std::string host;
    NameLookup lookup;
  };

  void read(TimePoint now);
  std::optional<IoWait> look_up(TimePoint now);
  void expand();
  void start(TimePoint now);
  std::optional<IoWait> connect(TimePoint now);
  bool ready() const;
  std::size_t current() const;
  bool unanswered() const;
  void renew_share(TimePoint now);
  [[noreturn]] void fail() const;
  [[noreturn]] void time_out(const std::string& reason) const;

  std::shared_ptr<PostgresContext> context_;
  Deadline deadline_;
  Step step_ = Step::read;
  PostgresTarget target_;
  std::vector<Name> names_;
  std::optional<Deadline> names_deadline_;  // from then on, some names are enough
  std::vector<PostgresPlace> places_;       // still to try
  PgHandle conn_;
  short events_ = 0;
  bool asked_for_tls_ = false;  // at the current place
  std::size_t trying_ = 0;      // index of the current place in places_
  Deadline share_;
};

}  // namespace dbpool
