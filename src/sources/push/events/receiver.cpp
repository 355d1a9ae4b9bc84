#include "sources/push/events/receiver.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "dbpool/model/error.hpp"
#include "sources/push/events/datagram_batch.hpp"

namespace dbpool {
namespace {

constexpr auto between_looks_at_path = std::chrono::seconds(5);
constexpr int batches_at_once = 16;

}  // namespace

/// The waiting task owns it, besides the receiver.
class EventReceiver::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Open open, SharedBooks books, Runtime runtime, OnReopened on_reopened)
      : open_(std::move(open)),
        books_(std::move(books)),
        runtime_(std::move(runtime)),
        on_reopened_(std::move(on_reopened)),
        next_look_(now() + between_looks_at_path) {
    const auto state = state_.access();
    state->inbox = open_();
    if (state->inbox->counts_drops()) books_->access()->lose(0);
  }

  void start() { wait(*state_.access()); }

  std::string address() const { return state_.access()->inbox->address(); }
  std::size_t buffer() const { return state_.access()->inbox->buffer(); }

  /// Senders no longer find it. The waiting task wakes up and closes the descriptor.
  void stop() {
    const auto state = state_.access();
    state->is_stopped = true;
    state->inbox->remove();
    ::shutdown(state->inbox->descriptor(), SHUT_RD);
  }

 private:
  struct State {
    std::unique_ptr<Inbox> inbox;  ///< replaced only by the running task
    bool is_stopped = false;
  };

  TimePoint now() const { return runtime_.clock->now(); }

  /// REQUIRES: the lock of `state` is held, so that it is not stopped in between.
  void wait(State& state) {
    if (state.is_stopped) return;
    runtime_.scheduler->when({state.inbox->descriptor(), POLLIN, next_look_},
                             [self = shared_from_this()] { self->turn(); });
  }

  void turn() {
    if (now() >= next_look_) look();
    const Inbox* inbox = nullptr;
    {
      const auto state = state_.access();
      if (state->is_stopped) return;
      inbox = state->inbox.get();
    }
    const bool is_drained = drain(*inbox);
    const auto state = state_.access();
    if (is_drained) return wait(*state);
    if (!state->is_stopped) runtime_.scheduler->post([self = shared_from_this()] { self->turn(); });
  }

  /// Returns whether it has received all that was there.
  bool drain(const Inbox& inbox) {
    for (int i = 0; i < batches_at_once; ++i) {
      const auto batch = batch_.receive(inbox);
      for (const Datagram& datagram : batch) add(datagram);
      if (const std::uint64_t dropped = batch_.take_dropped(); dropped > 0) books_->access()->lose(dropped);
      if (batch.size() < DatagramBatch::most) return true;
    }
    return false;
  }

  void add(const Datagram& datagram) {
    const auto books = books_->access();
    if (datagram.is_cut) return books->refuse(RejectReason::too_large);
    books->receive(datagram.bytes, {now(), runtime_.clock->wall()});
  }

  /// Opens the path anew if senders do not find it.
  void look() {
    next_look_ = now() + between_looks_at_path;
    std::string problem;
    {
      const auto state = state_.access();
      if (state->is_stopped || state->inbox->is_in_place()) return;
      try {
        state->inbox = open_();
      } catch (const Error& error) {
        problem = error.what();
      }
    }
    if (on_reopened_) on_reopened_(problem);
  }

  const Open open_;
  const SharedBooks books_;
  const Runtime runtime_;
  const OnReopened on_reopened_;
  Guarded<State> state_;
  // Used only by the running task.
  DatagramBatch batch_;
  TimePoint next_look_;
};

EventReceiver::EventReceiver(Open open, SharedBooks books, const Runtime& runtime, OnReopened on_reopened)
    : core_(std::make_shared<Core>(std::move(open), std::move(books), runtime, std::move(on_reopened))),
      address_(core_->address()),
      buffer_(core_->buffer()) {
  core_->start();
}

EventReceiver::~EventReceiver() {
  core_->stop();
}

}  // namespace dbpool
