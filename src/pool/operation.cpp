#include <poll.h>

#include <algorithm>
#include <climits>

#include "dbpool/pool/driver.hpp"

namespace dbpool {
namespace {

void wait_here(const IoWait& wait, TimePoint now) {
  int timeout = -1;
  if (wait.until != TimePoint::max()) {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(wait.until - now).count();
    timeout = static_cast<int>(std::clamp<std::int64_t>(ms, 0, INT_MAX));
  }
  pollfd descriptor{wait.fd, wait.events, 0};  // poll ignores a negative descriptor
  ::poll(&descriptor, 1, timeout);
}

/// An operation in progress. `operation` is declared last so that it is destroyed before `done`, which may
/// own the connection it uses.
struct Underway {
  Runtime runtime;
  std::function<void(std::exception_ptr)> done;
  std::shared_ptr<Operation> operation;
};

void step(Underway underway);

void post_step(Underway underway) {
  const auto scheduler = underway.runtime.scheduler;
  const void* const blocks_on = underway.operation->blocks_on();
  Scheduler::Task task = [begun = std::move(underway)]() mutable { step(std::move(begun)); };
  blocks_on != nullptr ? scheduler->post_blocking(std::move(task), blocks_on)
                       : scheduler->post(std::move(task));
}

void step(Underway underway) {
  std::optional<IoWait> wait;
  std::exception_ptr thrown;
  try {
    wait = underway.operation->advance(underway.runtime.clock->now());
  } catch (...) {
    thrown = std::current_exception();
  }
  if (wait) {
    const auto scheduler = underway.runtime.scheduler;
    const auto go_on = underway.operation->blocks_on() != nullptr ? post_step : step;
    scheduler->when(*wait, [go_on, rest = std::move(underway)]() mutable { go_on(std::move(rest)); });
    return;
  }
  underway.operation.reset();
  underway.done(thrown);
}

}  // namespace

void run_here(Operation& operation) {
  run_here(operation, *machine_clock(), TimePoint::max());
}

bool run_here(Operation& operation, const Clock& clock, TimePoint until) {
  while (const auto wait = operation.advance(clock.now())) {
    const TimePoint now = clock.now();
    if (now >= until) return false;
    wait_here({wait->fd, wait->events, std::min(wait->until, until)}, now);
  }
  return true;
}

void run_on(const Runtime& runtime, std::shared_ptr<Operation> operation,
            std::function<void(std::exception_ptr)> done) {
  post_step({runtime, std::move(done), std::move(operation)});
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
