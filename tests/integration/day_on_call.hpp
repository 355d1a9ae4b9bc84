#pragma once

#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>

#include "integration/alerts.hpp"
#include "support/servers/alertmanager_server.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/pg_session.hpp"
#include "support/servers/pgbouncer_server.hpp"
#include "support/servers/pooler_clients.hpp"
#include "support/servers/postgres_server.hpp"
#include "support/servers/prometheus_server.hpp"
#include "support/servers/webhook_receiver.hpp"

namespace dbpool {

/// PostgreSQL and PgBouncer under pgbench, an exporter that watches them, and the shipped chain behind it.
/// The database has the same name at the pooler, because the rules know its server by that. Durations of the
/// exporter's health are shortened as the rules are.
class DayOnCall {
 public:
  static constexpr const char* calm = "interval: 500ms";  ///< a canary that holds no connection

  /// Begins with a calm load, and returns when all pools are well. throws std::runtime_error.
  DayOnCall();

  /// Returns a duration as the shipped rules have it, shortened.
  static std::chrono::milliseconds hurried(std::chrono::milliseconds duration) {
    return duration / ShippedAlerts::hurry();
  }

  /// Replaces alice's load by `clients` whose statements take `seconds` each, at most 20 a second in all.
  /// They come again when they are turned away.
  void bench(int clients, double seconds);
  /// Gives the owned pool `reports` or `exports` other callers. `canary`: its keys.
  void call(const std::string& pool, const std::string& canary);
  /// Opens sessions until one is refused.
  void use_up(const std::string& dsn);

  /// Returns what the API says of a pool; nullopt = it has no diagnosis.
  std::optional<nlohmann::json> diagnosis_of(const std::string& pool) const;
  /// Returns its verdict, or "".
  std::string verdict_of(const std::string& pool) const;

 private:
  std::string entry() const;
  std::string config() const;

 public:
  PostgresServer server{PostgresServer::Auth::trust, {"max_connections=40"}};
  PgBouncerServer pooler{
      {.databases = entry(),
       .settings = {"pool_mode=transaction", "server_login_retry=1", "max_client_conn=30"}}};

 private:
  std::map<std::string, std::string> canaries_{{"reports", calm}, {"exports", calm}};

 public:
  ExporterProcess exporter{{.config = config(), .flags = {"--web.enable-lifecycle"}}};
  const WebhookReceiver webhook;
  std::deque<PgSession> sessions;
  std::deque<PoolerClient> callers;

 private:
  const AlertmanagerServer alertmanager_{ShippedAlerts::alertmanager(webhook.port())};
  const PrometheusServer prometheus_{ShippedAlerts::prometheus(exporter.port(), alertmanager_.port())};
  const TemporaryDirectory scripts_;
  std::jthread load_;
};

}  // namespace dbpool
