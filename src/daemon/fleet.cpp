#include "daemon/fleet.hpp"

#include <algorithm>

#include "daemon/server_of.hpp"

namespace dbpool {
namespace {

/// Returns whether the pool made from `a` can serve as that of `b`: its latency objective, health policy,
/// canary and labels may differ.
bool can_go_on(const PoolConfig& a, const PoolConfig& b) {
  if (a.options.name != b.options.name) return false;  // before the copy: most pairs end here
  PoolOptions options = a.options;
  options.latency_objective = b.options.latency_objective;
  return options == b.options && a.driver == b.driver && a.dsn == b.dsn && a.sqlite == b.sqlite;
}

/// Returns the same for a probed source; its health policy and labels may differ.
bool can_go_on(const SourceConfig& a, const SourceConfig& b) {
  return a.probe == b.probe && a.options == b.options;
}

/// Returns the members for `wanted`: fitting ones from `before`, else new ones from `make`.
template <typename Member, typename Config, typename Make>
std::vector<Member> renew(const std::vector<Member>& before, const std::vector<Config>& wanted, Make make) {
  std::vector<Member> after;
  for (const Config& config : wanted) {
    const auto same =
        std::ranges::find_if(before, [&](const Member& member) { return can_go_on(member.config, config); });
    after.push_back({config, same != before.end() ? same->source : make(config)});
  }
  return after;
}

template <typename Member>
WatchedSource watched_source(const Member& member) {
  WatchedSource watched{member.source, member.config.health};
  watched.info = {server_of(member.config), member.config.labels};
  return watched;
}

}  // namespace

std::vector<WatchedSource> Fleet::apply(const Config& config) {
  const auto [owned_before, probed_before] = [this] {
    const auto lists = lists_.access();
    return std::pair(lists->owned, lists->probed);
  }();
  auto owned =
      renew(owned_before, config.pools, [this](const PoolConfig& wanted) { return make_pool(wanted); });
  auto probed = renew(probed_before, config.sources,
                      [this](const SourceConfig& wanted) { return make_source(wanted, source_parts()); });

  std::vector<WatchedSource> watched;
  for (const Owned& member : owned) watched.push_back(watched_source(member));
  for (const Probed& member : probed) {
    watched.push_back(watched_source(member));
    watched.back().vanished_limit = member.config.probe.limit;
  }
  std::vector<std::shared_ptr<OwnedSource>> unwanted;
  for (const Owned& member : owned_before) {
    const auto now = std::ranges::find(owned, member.source, &Owned::source);
    if (now == owned.end()) {
      unwanted.push_back(member.source);
      continue;
    }
    member.source->pool().set_latency_objective(now->config.options.latency_objective);
    if (now->config.canary != member.config.canary || now->config.labels != member.config.labels) {
      member.source->reconfigure(now->config.canary, now->config.labels);
    }
  }
  {
    const auto lists = lists_.access();
    lists->owned = std::move(owned);
    lists->probed.swap(probed);
    lists->stopped.insert(lists->stopped.end(), unwanted.begin(), unwanted.end());
  }
  for (const auto& source : unwanted) source->stop();
  return watched;
}

std::optional<CloseResult> Fleet::close(const std::string& pool) {
  const auto owned = lists_.access()->owned;
  const auto found =
      std::ranges::find(owned, pool, [](const Owned& member) { return member.source->name(); });
  if (found == owned.end()) return std::nullopt;
  return found->source->pool().close_connections();
}

std::vector<std::string> Fleet::pools() const {
  std::vector<std::string> names;
  const auto owned = lists_.access()->owned;
  for (const Owned& member : owned) names.push_back(member.source->name());
  return names;
}

void Fleet::stop() {
  std::vector<Owned> owned;
  std::vector<Probed> probed;  // destroyed after the lock is free: these may be the last references
  {
    const auto lists = lists_.access();
    owned.swap(lists->owned);
    probed.swap(lists->probed);
    for (const Owned& member : owned) lists->stopped.push_back(member.source);
  }
  for (const Owned& member : owned) member.source->stop();
}

std::uint64_t Fleet::leases_out() const {
  const auto stopped = lists_.access()->stopped;
  std::uint64_t out = 0;
  for (const auto& source : stopped) out += source->leases_out();
  return out;
}

void Fleet::finish_stopped() {
  const auto stopped = lists_.access()->stopped;
  for (const auto& source : stopped) {
    if (!source->pool().drain(Duration::zero())) continue;
    std::erase(lists_.access()->stopped, source);
  }
}

std::shared_ptr<OwnedSource> Fleet::make_pool(const PoolConfig& config) {
  const DriverMaker& maker = driver_maker(config.driver);
  auto driver = maker.make(config, {postgres_threads_, odbc_.threads, private_database_});
  driver = sparing_driver(std::move(driver), descriptors_, maker.descriptors);
  return std::make_shared<OwnedSource>(config.options, std::move(driver), config.canary, config.labels,
                                       runtime_, observer_for_(config.options));
}

}  // namespace dbpool
