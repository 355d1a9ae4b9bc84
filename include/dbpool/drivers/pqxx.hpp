#pragma once

// This header alone needs more than the standard library: libpqxx 6.4 or 7.
#include <memory>
#include <pqxx/connection>
#include <pqxx/except>
#include <pqxx/version>
#include <string>

#include "dbpool/model/error.hpp"
#include "dbpool/pool/lease.hpp"

namespace dbpool {

/// The connection that libpqxx's transactions accept.
#if PQXX_VERSION_MAJOR < 7
using PqxxConnection = pqxx::connection_base;
#else
using PqxxConnection = pqxx::connection;
#endif

/// Lends the connection of a lease to libpqxx, for typed rows and its transactions. While it lives, the
/// lease's own connection is unusable; afterwards the lease works as before. Not thread-safe.
///
/// libpqxx never connects anew, and a lost connection stays lost: its calls throw pqxx::broken_connection,
/// and the pool closes the connection when it is returned. So it does with a transaction that is still open
/// then, which the server rolls back. Calls of libpqxx block without a deadline; bound them with
/// `statement_timeout`, and with `tcp_user_timeout` in the DSN. What a statement sets in the session (SET,
/// LISTEN, temporary tables) stays, as after `Lease::execute`.
class PqxxLease {
 public:
  /// Does no I/O. throws std::invalid_argument if the connection is not PostgreSQL's, DriverError if it is
  /// lost or in a transaction, pqxx::feature_not_supported if libpqxx 6 refuses the server (PgBouncer's
  /// console). REQUIRES: `lease` outlives this object, and is not released meanwhile.
  explicit PqxxLease(Lease& lease);
  PqxxLease(const PqxxLease&) = delete;
  PqxxLease& operator=(const PqxxLease&) = delete;
  /// Ends the loan. If statements were prepared, drops them, which blocks at most a second; otherwise no I/O.
  /// REQUIRES: every object of libpqxx that uses the connection is destroyed; results may live on.
  ~PqxxLease();

  /// Returns libpqxx's connection. It may be closed, which the pool treats as a loss.
  PqxxConnection& connection() noexcept;
  /// Prepares a statement until the end of the loan. A statement that `connection()` prepares stays with the
  /// session instead, where a later loan cannot prepare one of the same name. throws pqxx::sql_error; libpqxx
  /// 6 sends the statement, and throws, at its first use.
  void prepare(const std::string& name, const std::string& definition);

 private:
  class Loan;
  std::unique_ptr<Loan> loan_;
};

/// Returns the kind of an error of libpqxx, by the rules of `Lease::execute`: network if the connection is
/// lost, including a commit whose result is unknown.
ErrorKind error_kind(const pqxx::failure& error) noexcept;

}  // namespace dbpool
