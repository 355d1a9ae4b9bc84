#pragma once

#include <libpq-fe.h>

#include <pqxx/connection>
#include <pqxx/version>
#include <utility>

namespace dbpool {

#if PQXX_VERSION_MAJOR < 7

/// Gives libpqxx a connection that is open, and neither closes nor renews it.
class OpenConnection : public pqxx::connectionpolicy {
 public:
  explicit OpenConnection(PGconn* conn) : connectionpolicy(""), conn_(conn) {}
  handle do_startconnect(handle) override { return conn_; }
  /// With a handle, libpqxx would call PQreset.
  handle do_dropconnect(handle) noexcept override { return nullptr; }
  handle do_disconnect(handle) noexcept override { return nullptr; }
  PGconn* libpq() const noexcept { return conn_; }

 private:
  PGconn* conn_;
};

/// A connection of libpqxx 6 over a handle that it does not own.
class LentConnection : private OpenConnection, public pqxx::connection_base {
 public:
  /// Does no I/O. throws pqxx::feature_not_supported if the server is older than 9.0.
  explicit LentConnection(PGconn* conn)
      : OpenConnection(conn), connection_base(static_cast<connectionpolicy&>(*this)) {
    init();
  }
  LentConnection(const LentConnection&) = delete;
  LentConnection& operator=(const LentConnection&) = delete;
  ~LentConnection() override { close(); }

  /// Returns the handle. Afterwards the object may only be destroyed.
  PGconn* release() noexcept { return libpq(); }
};

#else

/// A connection of libpqxx 7, which owns the handle until its release.
class LentConnection : public pqxx::connection {
 public:
  explicit LentConnection(PGconn* conn) : connection(seize_raw_connection(conn)) {}

  /// Returns the handle; nullptr if the connection was closed or moved from. Afterwards the object may only
  /// be destroyed.
  PGconn* release() noexcept { return std::move(*this).release_raw_connection(); }
};

#endif

}  // namespace dbpool
