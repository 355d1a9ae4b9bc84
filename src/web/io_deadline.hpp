#pragma once

#include <chrono>
#include <ctime>

namespace dbpool {

/// Bounds the blocking system calls of the thread that makes it: from the deadline until its destruction they
/// fail with EINTR. For libraries whose own timeout begins again with each byte, and whose descriptor is not
/// known. Uses the signal SIGURG, for which it sets a handler that does nothing. Only that thread may use it.
class IoDeadline {
 public:
  /// The deadline is `patience` from now. throws std::system_error if the system has no timer left.
  explicit IoDeadline(std::chrono::milliseconds patience);
  ~IoDeadline();
  IoDeadline(const IoDeadline&) = delete;
  IoDeadline& operator=(const IoDeadline&) = delete;

  bool has_passed() const noexcept { return std::chrono::steady_clock::now() >= until_; }

 private:
  std::chrono::steady_clock::time_point until_;
  timer_t timer_{};
};

}  // namespace dbpool
