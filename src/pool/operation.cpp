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

void step(const std::shared_ptr<Scheduler>& scheduler, const std::shared_ptr<Operation>& operation,
          const std::function<void(std::exception_ptr)>& done) {
  std::optional<IoWait> wait;
  try {
    wait = operation->advance();
  } catch (...) {
    done(std::current_exception());
    return;
  }
  if (!wait) {
    done(nullptr);
    return;
  }
  scheduler->when(*wait, [scheduler, operation, done] { step(scheduler, operation, done); });
}

}  // namespace

void run_here(Operation& operation) {
  while (const auto wait = operation.advance()) wait_here(*wait);
}

void run_on(const std::shared_ptr<Scheduler>& scheduler, std::shared_ptr<Operation> operation,
            std::function<void(std::exception_ptr)> done) {
  scheduler->post([scheduler, operation = std::move(operation), done = std::move(done)] {
    step(scheduler, operation, done);
  });
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
