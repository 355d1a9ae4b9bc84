#pragma once

#include <csignal>
#include <cstdint>
#include <map>
#include <string>

#include "support/servers/child_process.hpp"
#include "support/servers/postgres_server.hpp"

namespace dbpool {

/// The libraries with a pool that the applications use.
enum class PoolLibrary {
  database_sql,        ///< Go, with client_golang's collector
  pgxpool,             ///< Go, with a collector of IBM/pgxpoolprometheus' names
  psycopg_pool,        ///< Python
  sqlalchemy,          ///< Python
  node_pg,             ///< Node, with prom-client
  opentelemetry,       ///< Node, with OpenTelemetry's instrumentation of pg
  opentelemetry_push,  ///< the same, pushed by OTLP
  hikaricp,            ///< Java, with a tracker of Micrometer's names
};

/// Figures by the name of their field: `active`, `closed.idle`, `acquisition_duration.count`.
using Figures = std::map<std::string, double>;

/// A small application with a real pool (README.md). It answers when the constructor returns and is killed by
/// the destructor. One thread at a time. Every failure throws std::runtime_error.
class Producer {
 public:
  /// Its pool connects to `server`.
  Producer(PoolLibrary library, const PostgresServer& server, ChildProcess::Environment environment = {});

  /// Returns the URL of its metrics.
  std::string url() const;

  /// Lets the callers use a connection for 2 s each, so that they wait as long. REQUIRES: hikaricp.
  void slow_down() const { get("/slow"); }
  /// Lets the callers keep the connections that they have or get.
  void hold() const { get("/hold"); }
  /// Lets the callers return their connections and request no others.
  void rest() const { get("/rest"); }
  /// Lets one more caller time out. REQUIRES: every connection is held; pgxpool, psycopg_pool or hikaricp.
  void time_out() const { get("/timeout"); }

  /// Exports its figures; returns when they were accepted. REQUIRES: opentelemetry_push.
  void push() const { get("/push"); }
  /// Ends it at once: it can export nothing more.
  void kill() { process_.signal(SIGKILL); }

  /// Returns the figures that the library itself reports.
  Figures truth() const;

 private:
  std::string get(const std::string& path) const;

  ChildProcess process_;
  std::uint16_t port_ = 0;
};

}  // namespace dbpool
