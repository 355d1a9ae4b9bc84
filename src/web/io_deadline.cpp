#include "web/io_deadline.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace dbpool {
namespace {

timespec timespec_of(std::chrono::nanoseconds duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  return {.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
}

/// Makes SIGURG interrupt system calls. Without a handler it would be ignored.
void handle_signal() {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  ::sigaction(SIGURG, &action, nullptr);
}

}  // namespace

IoDeadline::IoDeadline(std::chrono::milliseconds patience)
    : until_(std::chrono::steady_clock::now() + patience) {
  handle_signal();
  sigevent event{};
  event.sigev_signo = SIGURG;
  event.sigev_notify = SIGEV_THREAD_ID;
  event._sigev_un._tid = ::gettid();
  if (::timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0)
    throw std::system_error(errno, std::generic_category(), "create the timer of a deadline");
  // Repeats, because a signal between two system calls interrupts neither.
  const itimerspec times{.it_interval = timespec_of(std::chrono::milliseconds(10)),
                         .it_value = timespec_of(patience)};
  ::timer_settime(timer_, 0, &times, nullptr);
}

IoDeadline::~IoDeadline() {
  // The thread gets a pending signal at the latest when this call returns, so that none comes later.
  ::timer_delete(timer_);
}

}  // namespace dbpool
