#include "exposition/json_leaks.hpp"

namespace dbpool {
namespace {

/// The age is there twice: as everywhere in these documents, and by the name it has in the log.
Json leak_json(const SuspectedLeak& leak) {
  const auto held = std::chrono::round<std::chrono::milliseconds>(leak.lease.held);
  const double seconds = static_cast<double>(held.count()) / 1000;
  return {{"pool", leak.pool},
          {"lease", leak.lease.lease},
          {"connection_id", leak.lease.connection_id},
          {"age_seconds", seconds},
          {"held_duration_seconds", seconds},
          {"site", leak.lease.site},
          {"stack", leak.lease.stack}};
}

}  // namespace

Json leaks_json(const std::vector<SuspectedLeak>& leaks) {
  Json list = Json::array();
  for (const SuspectedLeak& leak : leaks) list.push_back(leak_json(leak));
  return {{"status", "success"}, {"leaks", std::move(list)}, {"total_leaks", leaks.size()}};
}

}  // namespace dbpool
