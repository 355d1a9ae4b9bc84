#include "web/handlers/probe.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "exposition/probe_metrics.hpp"
#include "web/query.hpp"
#include "web/request_policy.hpp"

namespace dbpool {
namespace {

/// What the answer needs on its way to the client.
constexpr std::chrono::duration<double> reserve(0.5);

/// Returns how long the client lets its scrape wait; nullopt = it does not say, or not understandably.
std::optional<std::chrono::nanoseconds> patience_of(const Request& request) {
  const std::string text = request.header("X-Prometheus-Scrape-Timeout-Seconds").value_or("");
  constexpr double longest = 86'400;
  double seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || stop != end || !(seconds >= 0)) return std::nullopt;
  const std::chrono::duration<double> rest(std::clamp(seconds - reserve.count(), 0.0, longest));
  return std::chrono::duration_cast<std::chrono::nanoseconds>(rest);
}

Response refusal_of(ProbeRefusal refusal) {
  switch (refusal) {
    case ProbeRefusal::unknown_module:
      return error_response(400, "module is unknown; allowed is one of those that the configuration names");
    case ProbeRefusal::malformed_target:
      return error_response(400, "target is malformed; allowed is host:port, an IPv6 address in brackets");
    case ProbeRefusal::not_allowed:
      return error_response(403, "target is not allowed; allowed are those in targets of the module");
    case ProbeRefusal::too_many_targets:
      return come_again("the module has as many targets as its limit allows");
    case ProbeRefusal::too_many_waiting:
      return come_again("too many probes wait for a first reading");
    case ProbeRefusal::interrupted:
      break;
  }
  return come_again("the probe was interrupted by a reload or the end of the process");
}

/// A target that is not read yet is not up, as far as a client can wait.
void settle_up(FleetSnapshot& fleet) {
  for (SourceReport& source : fleet.sources) source.reading.up = source.reading.up.value_or(false);
}

}  // namespace

Response probe(const Request& request, const WebServices& services) {
  const auto began = std::chrono::steady_clock::now();
  const auto module = only_query_parameter(request.query, "module");
  const auto target = only_query_parameter(request.query, "target");
  if (!module || !target)
    return error_response(400,
                          "a probe needs target and module; allowed is /probe?target=HOST:PORT&module=NAME");
  ProbeAnswer answer = services.probe({*module, *target, patience_of(request)});
  if (const auto* const refusal = std::get_if<ProbeRefusal>(&answer)) return refusal_of(*refusal);
  auto& fleet = std::get<FleetSnapshot>(answer);
  settle_up(fleet);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  return {200, "text/plain; version=0.0.4; charset=utf-8", probe_text(fleet, took.count())};
}

}  // namespace dbpool
