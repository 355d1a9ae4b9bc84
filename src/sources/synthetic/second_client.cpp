#include "sources/synthetic/second_client.hpp"

#include <utility>

#include "sources/synthetic/pool_view.hpp"

namespace dbpool {

SecondClient::SecondClient(std::shared_ptr<const PoolSource> pooler, std::shared_ptr<Driver> driver,
                           const Pace& pace, const Runtime& runtime,
                           std::shared_ptr<Guarded<SyntheticBooks>> books)
    : Recurring(runtime),
      pooler_(std::move(pooler)),
      driver_(std::move(driver)),
      pace_(pace),
      books_(std::move(books)) {}

bool SecondClient::is_due() const {
  const auto reading = pooler_->read();
  const auto books = books_->access();
  if (!books->waits_longer_than(pace_.timeout, clock().tick())) return false;
  const PoolView view(*reading, books->pool());
  return view.has_no_server() && !view.held_back();
}

void SecondClient::turn() {
  if (!is_due()) return rest(pace_.interval);
  connecting_ = driver_->start_connect(Deadline(clock().now() + pace_.timeout));
  run(*connecting_, [this](const std::exception_ptr& failure) { connected(failure); });
}

void SecondClient::connected(const std::exception_ptr& failure) {
  const auto connecting = std::move(connecting_);
  if (stopped()) return;
  if (failure) {
    note(failure);
    return rest(pace_.interval);
  }
  connection_ = connecting->take();
  books_->access()->second_in_line(true);
  asking_ = connection_->start_query(SyntheticBooks::transaction, Deadline(), &answer_);
  timed_ = std::make_unique<TimedOperation>(*asking_, clock(), pace_.timeout,
                                            TimedOperation::Listener{[] {}, [this] { return stopped(); }});
  run(*timed_, [this](const std::exception_ptr& outcome) { answered(outcome); });
}

void SecondClient::answered(const std::exception_ptr& failure) {
  timed_.reset();
  asking_.reset();  // before its connection
  connection_.reset();
  books_->access()->second_in_line(false);
  if (stopped()) return;
  if (failure) note(failure);
  rest(pace_.interval);
}

/// Counts what the pooler says; a timeout says nothing.
void SecondClient::note(const std::exception_ptr& failure) const {
  try {
    std::rethrow_exception(failure);
  } catch (const DriverError& error) {
    if (error.kind() == ErrorKind::timeout) return;
    const Duration now = clock().tick();
    books_->access()->apply(event::Failed{error.kind(), error.what(), now, now, clock().wall()});
  } catch (const std::exception&) {
    return;  // not from the pooler
  }
}

}  // namespace dbpool
