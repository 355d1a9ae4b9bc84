#include <poll.h>

#include <algorithm>
#include <climits>

#include "dbpool/pool/driver.hpp"

namespace dbpool {
namespace {

void wait_here(const IoWait& wait) {
  int timeout = -1;
  if (wait.until != TimePoint::max()) {
    const auto left = wait.until - std::chrono::steady_clock::now();
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    timeout = static_cast<int>(std::clamp<std::int64_t>(ms, 0, INT_MAX));
  }
  pollfd descriptor{wait.fd, wait.events, 0};  // poll ignores a negative descriptor
  ::poll(&descriptor, 1, timeout);
}

/// An operation on its way. What waits for the end may own what the operation works on, a connection say, so
/// where a stopped scheduler drops both, the operation goes first: members are destroyed from the last one
/// up.
struct Underway {
  std::shared_ptr<Scheduler> scheduler;
  std::function<void(std::exception_ptr)> done;
  std::shared_ptr<Operation> operation;
};

void step(const Underway& underway);

void post_step(const Underway& underway) {
  if (underway.operation->may_block()) {
    underway.scheduler->post_blocking([underway] { step(underway); });
  } else {
    underway.scheduler->post([underway] { step(underway); });
  }
}

void step(const Underway& underway) {
  std::optional<IoWait> wait;
  try {
    wait = underway.operation->advance();
  } catch (...) {
    underway.done(std::current_exception());
    return;
  }
  if (!wait) {
    underway.done(nullptr);
    return;
  }
  if (underway.operation->may_block()) {
    underway.scheduler->when(*wait, [underway] { post_step(underway); });
  } else {
    underway.scheduler->when(*wait, [underway] { step(underway); });
  }
}

}  // namespace

void run_here(Operation& operation) {
  while (const auto wait = operation.advance()) wait_here(*wait);
}

void run_on(const std::shared_ptr<Scheduler>& scheduler, std::shared_ptr<Operation> operation,
            std::function<void(std::exception_ptr)> done) {
  post_step({scheduler, std::move(done), std::move(operation)});
}

QueryResult Connection::execute(std::string_view sql, Deadline deadline) {
  QueryResult result;
  run_here(*start_query(std::string(sql), deadline, &result));
  return result;
}

std::unique_ptr<Connection> connect(Driver& driver, Deadline deadline) {
  const auto operation = driver.start_connect(deadline);
  run_here(*operation);
  return operation->take();
}

}  // namespace dbpool
