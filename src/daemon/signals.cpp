#include "daemon/signals.hpp"

#include <ctime>

namespace dbpool {
namespace {

Signals::Kind kind_of(int signal) {
  return signal == SIGHUP ? Signals::Kind::reload : Signals::Kind::stop;
}

}  // namespace

Signals::Signals() {
  ::sigemptyset(&set_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set_, signal);
  ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  // A failed write returns an error instead: the reader has closed (SIGPIPE), the file is too large
  // (SIGXFSZ).
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

Signals::Kind Signals::wait() const {
  for (;;) {
    const int signal = ::sigwaitinfo(&set_, nullptr);
    if (signal > 0) return kind_of(signal);  // else interrupted, by a debugger for example
  }
}

std::optional<Signals::Kind> Signals::wait_for(Duration timeout) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
  const timespec limit{.tv_sec = seconds.count(), .tv_nsec = (timeout - seconds).count()};
  const int signal = ::sigtimedwait(&set_, nullptr, &limit);
  return signal > 0 ? std::optional(kind_of(signal)) : std::nullopt;
}

}  // namespace dbpool
