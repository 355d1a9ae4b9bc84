#include "health/leak_sites.hpp"

#include <algorithm>
#include <functional>
#include <map>

namespace dbpool {

std::vector<LeakSite> leak_sites(const std::vector<LeakReport>& leaks) {
  constexpr std::size_t most = 3;
  std::map<std::string, LeakSite> by_site;
  for (const LeakReport& lease : leaks) {
    LeakSite& site = by_site[lease.site];
    site.site = lease.site;
    ++site.leases;
    site.longest_held = std::max(site.longest_held, std::chrono::duration<double>(lease.held).count());
  }
  std::vector<LeakSite> sites;
  for (auto& [name, site] : by_site) sites.push_back(std::move(site));
  std::ranges::stable_sort(sites, std::greater(), &LeakSite::leases);
  if (sites.size() > most) sites.resize(most);
  return sites;
}

std::optional<double> full_after(const PoolSnapshot& pool, const Windows& windows) {
  if (!pool.max || !pool.leaked || *pool.leaked >= *pool.max) return std::nullopt;
  double growth = 0;  // leaks a second
  for (const Window* window : {&windows.five_minutes, &windows.hour}) {
    if (window->leaked && window->seconds > 0) growth = std::max(growth, *window->leaked / window->seconds);
  }
  if (growth <= 0) return std::nullopt;
  return static_cast<double>(*pool.max - *pool.leaked) / growth;
}

}  // namespace dbpool
