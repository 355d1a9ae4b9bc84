#include "daemon/otlp_routes.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <atomic>
#include <string_view>
#include <utility>

#include "web/guards.hpp"
#include "web/http1/listener.hpp"
#include "web/http1/listening_sockets.hpp"
#include "web/request_policy.hpp"

namespace dbpool {
namespace {

constexpr std::string_view metrics_path = "/v1/metrics";

/// The memory of the bodies of one source, in bytes: enough for two of the largest.
std::size_t room_for(std::size_t max_body) {
  constexpr std::size_t least = std::size_t{64} << 20U;
  return std::max(least, 2 * max_body);
}

/// Returns how large a body may become that the receiver encodes anew: a number has two characters or more in
/// JSON, with its comma, and up to nine bytes in protobuf, with its tag.
std::size_t encoded_bytes(const Request& request, const std::string& type, std::size_t max_body) {
  constexpr std::string_view json = "application/json";
  constexpr std::size_t most_growth = 5;
  if (::strncasecmp(type.c_str(), json.data(), json.size()) != 0) return 0;
  return std::min(max_body, most_growth * request.body.size());
}

std::string content_type(const Request& request) {
  return request.header("Content-Type").value_or("");
}

std::optional<Response> refuse_type(const Request& request) {
  if (OtlpReceiver::takes(content_type(request))) return std::nullopt;
  return error_response(415,
                        "unknown content type of metrics; allowed: application/x-protobuf, application/json");
}

std::optional<Response> not_found(const Request& /*request*/) {
  return error_response(404, "not found; metrics are sent to /v1/metrics");
}

/// Hands a body over to the receiver, if there is memory for it.
Handler receiving(const OtlpIntake& intake, std::shared_ptr<BodyRoom> room) {
  return [receiver = intake.receiver, max_body = intake.max_body,
          room = std::move(room)](const Request& request) {
    const std::string type = content_type(request);
    RoomShare share(room);
    if (!share.grow_to(encoded_bytes(request, type, max_body))) return no_room();
    OtlpAnswer answer = receiver->receive(type, request.body);
    return Response{answer.status, std::move(answer.content_type), std::move(answer.body)};
  };
}

/// Counts the bodies that are malformed or too large; others come again, or are no metrics.
std::function<void(int)> counting(const OtlpIntake& intake) {
  return [receiver = intake.receiver](int status) {
    if (status == 400 || status == 413) receiver->refused(status);
  };
}

/// A signal that is not received, and the settings that keep a client from sending it.
struct Signal {
  std::string_view name, setting;
};

/// Refuses a signal, and logs the cure the first time.
Guard refusing(const OtlpIntake& intake, const Signal& signal) {
  const std::string cure =
      fmt::format("set {}=none, or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT alone", signal.setting);
  const std::string refusal = fmt::format("{} are not received here; {}", signal.name, cure);
  return [=, source = intake.source, &logger = intake.logger, signal = std::string(signal.name),
          is_logged = std::make_shared<std::atomic_flag>()](const Request&) {
    if (!is_logged->test_and_set()) {
      logger.log(LogLevel::warn, "source", "a client sends more than metrics",
                 {{"source", source}, {"signal", signal}, {"cure", cure}});
    }
    return std::optional(error_response(404, refusal));
  };
}

/// The port of one source.
class OpenPort final : public PushDoor {
 public:
  OpenPort(const ListenAddress& address, HttpSite site, const Runtime& runtime, Logger& logger)
      : listener_(address, std::move(site), runtime, logger) {}
  std::string address() const override { return text_of(listener_.address()); }

 private:
  const HttpListener listener_;
};

/// The routes of one source in the web server.
class OpenInWeb final : public PushDoor {
 public:
  OpenInWeb(std::vector<Route> routes, std::shared_ptr<ChangingRoutes> web)
      : routes_(std::make_shared<const std::vector<Route>>(std::move(routes))), web_(std::move(web)) {
    web_->open(routes_);
  }
  OpenInWeb(const OpenInWeb&) = delete;
  OpenInWeb& operator=(const OpenInWeb&) = delete;
  ~OpenInWeb() override { web_->close(routes_); }
  std::string address() const override { return std::string(metrics_path); }

 private:
  const Routes routes_;
  const std::shared_ptr<ChangingRoutes> web_;
};

}  // namespace

std::vector<Route> otlp_routes(const OtlpIntake& intake) {
  const auto room = std::make_shared<BodyRoom>(room_for(intake.max_body));
  const auto rules = std::make_shared<const BodyRules>(
      BodyRules{.limit = intake.max_body, .inflates = true, .room = room, .refused = counting(intake)});
  const Guard no_page = no_page_may("send metrics");
  // The rules of the body let a guard refuse a request that has one.
  return {
      {{"POST"}, std::string(metrics_path), receiving(intake, room), {no_page, refuse_type}, rules},
      {{"POST"}, "/v1/traces", nullptr, {refusing(intake, {"traces", "OTEL_TRACES_EXPORTER"})}, rules},
      {{"POST"}, "/v1/logs", nullptr, {refusing(intake, {"logs", "OTEL_LOGS_EXPORTER"})}, rules},
  };
}

std::unique_ptr<PushDoor> open_otlp_port(const OtlpIntake& intake, const OtlpPort& port,
                                         const Runtime& runtime) {
  std::vector<Route> routes = otlp_routes(intake);
  Route alias = routes.front();
  alias.path = "/";  // of a client whose URL has no path
  routes.push_back(alias);
  routes.push_back({{}, "/{path}", nullptr, {not_found}, alias.body_rules});
  std::function<bool(const Request&)> is_slow;
  if (port.logins) {
    const PushAuth guard(*port.logins);
    for (Route& route : routes) route.guards.insert(route.guards.begin(), guard);
    is_slow = [guard](const Request& request) { return guard.is_slow(request); };
  }
  return std::make_unique<OpenPort>(port.address, HttpSite(Router(std::move(routes)), std::move(is_slow)),
                                    runtime, intake.logger);
}

std::unique_ptr<PushDoor> open_otlp_in_web(const OtlpIntake& intake, std::shared_ptr<ChangingRoutes> web) {
  return std::make_unique<OpenInWeb>(otlp_routes(intake), std::move(web));
}

}  // namespace dbpool
