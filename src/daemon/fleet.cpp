#include "daemon/fleet.hpp"

#include <algorithm>

#include "dbpool/drivers/sqlite.hpp"

namespace dbpool {
namespace {

/// Whether a pool made from `a` can go on as `b`: how it is judged is no part of it.
bool same_pool(PoolConfig a, const PoolConfig& b) {
  a.health = b.health;
  return a == b;
}

}  // namespace

std::vector<WatchedSource> Fleet::apply(const Config& config) {
  std::vector<Member> before = lists_.access()->members;
  std::vector<Member> after;
  std::vector<WatchedSource> watched;
  for (const PoolConfig& wanted : config.pools) {
    const auto same =
        std::ranges::find_if(before, [&](const Member& member) { return same_pool(member.config, wanted); });
    after.push_back({wanted, same != before.end() ? same->source : make_source(wanted)});
    watched.push_back({after.back().source, wanted.health});
  }
  std::vector<std::shared_ptr<OwnedSource>> unwanted;
  for (const Member& member : before) {
    if (std::ranges::find(after, member.source, &Member::source) == after.end())
      unwanted.push_back(member.source);
  }
  {
    const auto lists = lists_.access();
    lists->members = std::move(after);
    lists->stopped.insert(lists->stopped.end(), unwanted.begin(), unwanted.end());
  }
  for (const auto& source : unwanted) source->stop();
  return watched;
}

std::optional<CloseResult> Fleet::close(const std::string& pool) {
  const auto members = lists_.access()->members;
  const auto found =
      std::ranges::find(members, pool, [](const Member& member) { return member.source->name(); });
  if (found == members.end()) return std::nullopt;
  return found->source->pool().close_connections();
}

std::vector<std::string> Fleet::pools() const {
  std::vector<std::string> names;
  for (const Member& member : lists_.access()->members) names.push_back(member.source->name());
  return names;
}

void Fleet::stop() {
  std::vector<Member> all;
  {
    const auto lists = lists_.access();
    all.swap(lists->members);
    for (const Member& member : all) lists->stopped.push_back(member.source);
  }
  for (const Member& member : all) member.source->stop();
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

std::shared_ptr<Driver> Fleet::make_driver(const PoolConfig& config) {
  if (config.driver == "postgres") return postgres_driver(config.dsn, postgres_threads_);
  if (config.dsn == DsnSource()) {
    if (!private_database_) private_database_.emplace();
    return sqlite_driver(private_database_->file().string());
  }
  return sqlite_driver(config.dsn);
}

std::shared_ptr<OwnedSource> Fleet::make_source(const PoolConfig& config) {
  return std::make_shared<OwnedSource>(config.options, make_driver(config), config.canary, config.labels,
                                       runtime_, observer_for_(config.options));
}

}  // namespace dbpool
