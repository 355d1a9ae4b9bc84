#include "exposition/json_leaks.hpp"

namespace dbpool {
namespace {

Json client_json(const PooledClient& client) {
  return {{"source", json_of(client.source)},
          {"application", json_of(client.application)},
          {"user", json_of(client.user)},
          {"database", json_of(client.database)},
          {"address", json_of(client.address)}};
}

void add_session(Json& into, const ServerSession& session) {
  into["pid"] = session.pid;
  into["database"] = json_of(session.database);
  into["user"] = json_of(session.user);
  into["application"] = json_of(session.application);
  into["client"] = json_of(session.client);
  into["state"] = json_of(session.state);
  into["last_query_start"] = json_of(session.last_query_start);
  into["ends_it"] = "SELECT pg_terminate_backend(" + std::to_string(session.pid) + ")";
  into["behind_pooler"] = session.behind ? client_json(*session.behind) : Json(nullptr);
  if (session.query) into["query"] = *session.query;
}

/// Writes the age twice: under its name in these documents, and under its name in the log.
Json leak_json(const SuspectedLeak& leak) {
  const auto held = std::chrono::round<std::chrono::milliseconds>(leak.lease.held);
  const double seconds = static_cast<double>(held.count()) / 1000;
  Json json{{"pool", leak.pool},
            {"lease", leak.lease.lease},
            {"connection_id", leak.lease.connection_id},
            {"age_seconds", seconds},
            {"held_duration_seconds", seconds},
            {"site", leak.lease.site},
            {"stack", leak.lease.stack}};
  if (leak.lease.session) add_session(json, *leak.lease.session);
  return json;
}

}  // namespace

Json leaks_json(const std::vector<SuspectedLeak>& leaks) {
  Json list = Json::array();
  for (const SuspectedLeak& leak : leaks) list.push_back(leak_json(leak));
  return {{"status", "success"}, {"leaks", std::move(list)}, {"total_leaks", leaks.size()}};
}

}  // namespace dbpool
