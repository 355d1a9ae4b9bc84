#include "drivers/odbc/call.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <exception>
#include <string>
#include <utility>

#include "sync/descriptor.hpp"

namespace dbpool {
namespace {

enum class Progress { queued, running, returned, left };

/// A DriverError as a value: exceptions stay on the thread that threw them.
struct Thrown {
  ErrorKind kind;
  std::string text;
  std::string sqlstate;
};

std::optional<Thrown> outcome_of(const OdbcCall::Work& work) {
  try {
    work();
    return std::nullopt;
  } catch (const DriverError& error) {
    return Thrown{error.kind(), error.what(), error.sqlstate()};
  } catch (const std::exception& error) {
    return Thrown{ErrorKind::other, std::string("ODBC call failed: ") + error.what(), {}};
  }
}

}  // namespace

struct OdbcCall::Shared {
  struct State {
    Progress progress = Progress::queued;
    std::optional<Thrown> thrown;
  };

  Guarded<State> state;
  Descriptor returned{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};  // guarded as well; closed by `leave`

  bool begin() {
    const auto now = state.access();
    if (now->progress == Progress::left) return false;
    now->progress = Progress::running;
    return true;
  }

  /// Returns the progress of the call until now. Closes the descriptor, since the call's thread may hang
  /// forever.
  Progress leave() {
    const auto now = state.access();
    returned = Descriptor();
    return std::exchange(now->progress, Progress::left);
  }

  /// Returns whether the caller still waits.
  bool finish(std::optional<Thrown> thrown) {
    const auto now = state.access();
    if (now->progress == Progress::left) return false;
    now->progress = Progress::returned;
    now->thrown = std::move(thrown);
    ::eventfd_write(returned.get(), 1);
    return true;
  }
};

OdbcCall::OdbcCall(OdbcLane& lane, Work work, OdbcThreads::Task cleanup)
    : shared_(std::make_shared<Shared>()), lane_(lane.shared_from_this()) {
  if (shared_->returned.get() < 0)
    throw DriverError(ErrorKind::other, "cannot begin an ODBC call: no file descriptor left");
  const auto ticket = lane.run([shared = shared_, work = std::move(work), cleanup = std::move(cleanup)]() {
    if (shared->begin() && !shared->finish(outcome_of(work))) cleanup();
  });
  if (!ticket)
    throw DriverError(ErrorKind::other, "cannot begin an ODBC call: no thread is free and too many wait");
  ticket_ = *ticket;
}

std::optional<IoWait> OdbcCall::poll(Deadline deadline) {
  const auto now = shared_->state.access();
  if (now->progress != Progress::returned) return IoWait{shared_->returned.get(), POLLIN, deadline.when()};
  if (now->thrown) throw DriverError(now->thrown->kind, now->thrown->text, now->thrown->sqlstate);
  return std::nullopt;
}

OdbcCall::Left OdbcCall::leave() {
  switch (shared_->leave()) {
    case Progress::queued:
      lane_->forget(ticket_);
      return Left::never_began;
    case Progress::running:
      return Left::under_way;
    default:
      return Left::over;
  }
}

}  // namespace dbpool
