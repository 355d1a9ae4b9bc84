#include "sources/push/events/event_books.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <iterator>
#include <system_error>
#include <utility>

#include "model/bounded_sum.hpp"
#include "sources/reading.hpp"

namespace dbpool {
namespace {

constexpr auto kept_without_clients = std::chrono::hours(1);
constexpr auto pause_between_drops = std::chrono::seconds(1);
constexpr std::size_t most_news = 100;

std::int64_t unix_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Returns who has sent a line: the tag `client`, or else the container.
std::string_view client_of(const StatsdLine& line) {
  const std::string_view client = find_label(line.tags, "client").value_or("");
  return client.empty() ? line.container : client;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

std::unique_ptr<MappedLines> mapped_lines(const EventBooks::Options& options, WallTime started) {
  if (!options.mapping) return nullptr;
  const LedgerOptions& ledger = options.pool.ledger;
  return std::make_unique<MappedLines>(MappedLinesOptions{.mapping = *options.mapping,
                                                          .source = options.source,
                                                          .stale_after = options.stale_after,
                                                          .latency_objective = ledger.latency_objective,
                                                          .acquisition_buckets = ledger.acquisition_buckets,
                                                          .pools = options.bounds.pools},
                                       started);
}

/// Adds the pools of mapped lines. Pools with events come first, so that they stay where there are too many,
/// or two with one label.
void join(ProbeResult& result, ProbeResult mapped, std::size_t limit) {
  std::ranges::move(mapped.pools, std::back_inserter(result.pools));
  make_unique(result.pools);
  const std::size_t kept = std::min(result.pools.size(), limit);
  result.dropped = *result.dropped + *mapped.dropped + (result.pools.size() - kept);
  result.pools.resize(kept);
  result.hints = std::move(mapped.hints);
}

template <typename Item>
void keep_news(std::vector<Item>& news, Item item) {
  if (news.size() < most_news) news.push_back(std::move(item));
}

}  // namespace

EventBooks::EventBooks(Options options, const Arrival& at)
    : options_(std::move(options)),
      started_(unix_seconds(at.wall)),
      clients_(options_.bounds.clients),
      mapped_(mapped_lines(options_, at.wall)),
      current_{.at = at} {}

void EventBooks::receive(std::string_view datagram, const Arrival& at) {
  current_ = {.at = at};
  has_changed_ = true;
  parse_statsd(datagram, *this);
}

void EventBooks::refuse(RejectReason why) {
  ++counts_.rejected[index_of(why)];
}

void EventBooks::lose(std::uint64_t datagrams) {
  dropped_ = dropped_.value_or(0) + datagrams;
  if (datagrams > 0) clients_.note_drops();
}

void EventBooks::line(const StatsdLine& line) {
  const std::string_view client = client_of(line);
  if (EventClient* const known = clients_.find(client)) known->heard = current_.at.now;
  if (const auto rejected = read(line, client)) {
    refuse(*rejected);
    return;
  }
  if (line.name.starts_with(event_prefix)) ++counts_.used;
  if (!current_.number || client != current_.client) return;
  EventClient& sender = *clients_.find(client);
  if (!sender.sequence) clients_.arrive(sender, *current_.number);
}

std::optional<RejectReason> EventBooks::read(const StatsdLine& line, std::string_view client) {
  if (client.size() > EventLimits::name) return RejectReason::malformed;
  if (std::exchange(current_.is_first_line, false) && !note_number(line, client))
    return RejectReason::malformed;
  if (current_.has_come_before) return RejectReason::stale;
  if (!line.name.starts_with(event_prefix)) return add_mapped(line, client);
  const auto event = read_event(line);
  return event ? add(*event, client) : RejectReason::malformed;
}

/// Adds a line that has another name than ours. The mapped lines count it.
std::optional<RejectReason> EventBooks::add_mapped(const StatsdLine& line, std::string_view client) {
  if (clients_.find(client) == nullptr) {
    if (!clients_.has_room()) return RejectReason::limit;
    clients_.add(client, current_.at.now);
  }
  mapped_->add(line, client, current_.at);
  return std::nullopt;
}

/// Takes the number of the datagram from its first line. A number of a client without a name says nothing.
/// The number of a client that is not known yet counts when a line of it is used. Returns false for a tag
/// that is no number.
bool EventBooks::note_number(const StatsdLine& line, std::string_view client) {
  const auto tag = find_label(line.tags, "seq");
  if (!tag) return true;
  const auto number = whole_number(*tag);
  if (!number) return false;
  if (client.empty()) return true;
  current_.number = number;
  current_.client = client;
  EventClient* const known = clients_.find(client);
  if (known != nullptr && known->sequence) current_.has_come_before = !clients_.arrive(*known, *number);
  return true;
}

std::optional<RejectReason> EventBooks::add(const EventLine& event, std::string_view client) {
  if (event.time && *event.time < started_) return RejectReason::contradiction;
  EventPool* pool = find(event.pool);
  EventClient* sender = clients_.find(client);
  if (contradicts(event, pool, sender)) return RejectReason::contradiction;
  if (sender == nullptr && !clients_.has_room()) return RejectReason::limit;
  if (pool == nullptr) pool = admit(event.pool);
  if (pool == nullptr) return RejectReason::limit;
  if (sender == nullptr) sender = &clients_.add(client, current_.at.now);
  const bool has_room = open_leases_ < options_.bounds.leases;
  open_leases_ -= pool->open_leases();
  if (auto leak = pool->add(event, *sender, current_.at, has_room))
    keep_news(news_.returned, {pool->key().label(), std::move(*leak)});
  open_leases_ += pool->open_leases();
  const bool follows_lease = event.verb == Verb::acquired && !event.lease.empty();
  return follows_lease && !has_room ? std::optional(RejectReason::limit) : std::nullopt;
}

/// A release whose acquire was not reported contradicts, even if nothing else is known.
bool EventBooks::contradicts(const EventLine& event, const EventPool* pool, const EventClient* client) const {
  if (pool != nullptr && client != nullptr) return pool->contradicts(event, *client);
  return event.verb == Verb::released && !event.lease.empty();
}

EventPool* EventBooks::find(std::string_view pool) {
  const auto found = pools_.find(pool);
  return found == pools_.end() ? nullptr : &found->second;
}

PoolKey EventBooks::key_of(std::string_view pool) const {
  PoolKey::Parts parts{.source = options_.source};
  if (!pool.empty()) parts.name = std::string(pool);
  return PoolKey(parts);
}

/// Adds a pool. Returns nullptr if there are too many.
EventPool* EventBooks::admit(std::string_view pool) {
  if (pools_.size() >= options_.bounds.pools && !drop_empty_pool()) {
    refused_.add(pool, current_.at.now);
    return nullptr;
  }
  refused_.erase(pool);
  return &pools_.try_emplace(std::string(pool), key_of(pool), options_.pool, current_.at).first->second;
}

/// Makes room: the pool that has been without clients for longest leaves. Returns false if all have clients.
bool EventBooks::drop_empty_pool() {
  if (current_.at.now < full_until_) return false;
  auto longest = pools_.end();
  for (auto pool = pools_.begin(); pool != pools_.end(); ++pool) {
    if (pool->second.has_clients()) continue;
    if (longest == pools_.end() || pool->second.heard() < longest->second.heard()) longest = pool;
  }
  if (longest == pools_.end()) {
    full_until_ = current_.at.now + pause_between_drops;
    return false;
  }
  pools_.erase(longest);
  return true;
}

/// Lets the silent clients vanish.
void EventBooks::expire(TimePoint now) {
  for (const EventClient* const client : clients_.silent_since(now - options_.stale_after)) {
    for (auto& [name, pool] : pools_) {
      const auto leases = pool.forget(*client);
      if (!leases) continue;
      open_leases_ -= *leases;
      keep_news(news_.gone, {pool.key().label(), std::string(client->name), *leases});
    }
    clients_.erase(*client);
    full_until_ = {};
  }
}

/// Gives back the leases whose releases are probably lost.
void EventBooks::give_up(TimePoint now) {
  for (const auto& [client, at] : clients_.take_losses(now - options_.stale_after)) {
    for (auto& [name, pool] : pools_) {
      const std::uint64_t leases = pool.give_up(*client, at.time_since_epoch());
      if (leases == 0) continue;
      open_leases_ -= leases;
      keep_news(news_.given_up, {pool.key().label(), std::string(client->name), leases});
    }
  }
}

void EventBooks::pardon(Duration pause) {
  clients_.pardon(pause);
  for (auto& [name, pool] : pools_) pool.pardon(pause);
}

/// Finds the leases that have become suspects.
void EventBooks::sweep(TimePoint now) {
  for (auto& [name, pool] : pools_) {
    for (LeakReport& lease : pool.sweep(now.time_since_epoch()))
      keep_news(news_.leaks, {pool.key().label(), std::move(lease)});
  }
}

ProbeResult EventBooks::pools(TimePoint now) {
  expire(now);
  sweep(now);
  has_changed_ = false;
  ProbeResult result;
  for (const auto& [name, pool] : pools_) {
    result.pools.push_back(pool.snapshot(now.time_since_epoch()));
    auto leaks = pool.leaks(now.time_since_epoch());
    if (!leaks.empty()) result.leaks.emplace(pool.key().label(), std::move(leaks));
  }
  result.dropped = refused_.size();
  if (mapped_) join(result, mapped_->pools(now), options_.bounds.pools);
  std::ranges::sort(result.pools, {}, &PoolSnapshot::label);
  const auto silent_since = clients_.longest_silent_since();
  changes_at_ = silent_since ? *silent_since + options_.stale_after : TimePoint::max();
  if (mapped_) changes_at_ = std::min(changes_at_, mapped_->changes_at());
  return result;
}

TimePoint EventBooks::changes_at() const {
  return has_changed_ ? TimePoint::min() : changes_at_;
}

PushCounts EventBooks::counts() {
  counts_.senders = clients_.size();
  if (const auto lost = plus(clients_.lost(), dropped_))
    counts_.lost = std::max(*lost, counts_.lost.value_or(0));
  if (!mapped_) return counts_;
  PushCounts all = counts_;
  const PushCounts mapped = mapped_->counts(current_.at.now);
  all.used += mapped.used;
  std::ranges::transform(all.rejected, mapped.rejected, all.rejected.begin(), std::plus());
  return all;
}

void EventBooks::forget(TimePoint now) {
  expire(now);
  give_up(now);
  sweep(now);
  if (mapped_) mapped_->forget(now);
  const TimePoint last = now - kept_without_clients;
  std::erase_if(
      pools_, [&](const auto& entry) { return !entry.second.has_clients() && entry.second.heard() <= last; });
  refused_.forget(last);
}

EventNews EventBooks::take_news() {
  return std::exchange(news_, {});
}

}  // namespace dbpool
