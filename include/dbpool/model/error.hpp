#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace dbpool {

/// The kind of a failure, spelled like the `error_type` label of `dbpool_errors_total`.
enum class ErrorKind { connect, authentication, timeout, validation, query, network, other };
inline constexpr int error_kind_count = 7;

/// Base of the exceptions of this project. A message describes the attempt, its object and the result; it is
/// lower case and holds no secret.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// No connection was free before the acquire deadline. The caller may shed load or try again.
class AcquireTimeout : public Error {
 public:
  using Error::Error;
};

/// The queue of waiters was full (`max_waiting`). The caller should shed load at once.
class AcquireRejected : public Error {
 public:
  using Error::Error;
};

/// The pool is shutting down and accepts no more acquires.
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
  /// Returns five characters, or "" if the database reports none.
  const std::string& sqlstate() const noexcept { return sqlstate_; }

 private:
  ErrorKind kind_;
  std::string sqlstate_;
};

/// The server accepted the connection but sent nothing until the deadline: it has no free process, or hangs.
class ConnectUnanswered : public DriverError {
 public:
  explicit ConnectUnanswered(const std::string& message) : DriverError(ErrorKind::timeout, message) {}
};

}  // namespace dbpool
