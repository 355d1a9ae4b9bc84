#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbpool/sync/scheduler.hpp"
#include "log/logger.hpp"
#include "sources/push/otlp/receiver.hpp"
#include "sources/push/push_door.hpp"
#include "web/changing_routes.hpp"
#include "web/push_auth.hpp"
#include "web/web_options.hpp"

namespace dbpool {

/// What the routes of one OTLP source need.
struct OtlpIntake {
  std::string source;  ///< its name, for the log
  std::shared_ptr<OtlpReceiver> receiver;
  std::size_t max_body = 0;  ///< bytes, as sent and again inflated
  Logger& logger;            ///< outlives the doors and the scheduler's tasks
};

/// Returns the routes of OTLP over HTTP: POST `/v1/metrics`, and a 404 for `/v1/traces` and `/v1/logs`, which
/// is logged once with the cure.
std::vector<Route> otlp_routes(const OtlpIntake& intake);

/// A port for them, and who may push there.
struct OtlpPort {
  ListenAddress address;
  std::optional<PushLogins> logins = std::nullopt;  ///< nullopt = all that reach the port
};

/// Opens a port, where POST `/` is the same as `/v1/metrics`. throws Error: it cannot listen, or the file of
/// the token cannot be read.
std::unique_ptr<PushDoor> open_otlp_port(const OtlpIntake& intake, const OtlpPort& port,
                                         const Runtime& runtime);

/// Opens them in the web server, whose routes `web` are.
std::unique_ptr<PushDoor> open_otlp_in_web(const OtlpIntake& intake, std::shared_ptr<ChangingRoutes> web);

}  // namespace dbpool
