#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace dbpool {

/// Why something failed, spelled like the `error_type` label of `dbpool_errors_total`.
enum class ErrorKind { connect, authentication, timeout, validation, query, network, other };
inline constexpr int error_kind_count = 7;

/// Root of everything this project throws. A message says what was attempted, on what, and what happened;
/// it is lower case and never holds a secret.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The acquire deadline passed before a connection was free. The caller may shed load or try again.
class AcquireTimeout : public Error {
 public:
  using Error::Error;
};

/// The queue of waiters was full (`max_waiting`). The caller should shed load at once.
class AcquireRejected : public Error {
 public:
  using Error::Error;
};

/// The pool takes no acquisitions any more.
class PoolClosed : public AcquireRejected {
 public:
  using AcquireRejected::AcquireRejected;
};

/// A database or its client library reported a failure.
class DriverError : public Error {
 public:
  DriverError(ErrorKind kind, const std::string& message, std::string sqlstate = {})
      : Error(message), kind_(kind), sqlstate_(std::move(sqlstate)) {}

  ErrorKind kind() const noexcept { return kind_; }
  /// Five characters, or empty where the database gives none.
  const std::string& sqlstate() const noexcept { return sqlstate_; }

 private:
  ErrorKind kind_;
  std::string sqlstate_;
};

/// A server took the connection and then said nothing at all until the deadline: it has nobody free to serve
/// it, or hangs.
class ConnectUnanswered : public DriverError {
 public:
  explicit ConnectUnanswered(const std::string& message) : DriverError(ErrorKind::timeout, message) {}
};

}  // namespace dbpool
