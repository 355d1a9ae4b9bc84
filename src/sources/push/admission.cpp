// What a push may begin in Senders: a sender, a pool, more memory; and which silent one makes room for it.
#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "model/bounded_name.hpp"
#include "sources/push/senders.hpp"

namespace dbpool {
namespace {

/// From one search in vain for a silent sender or pool to the next.
constexpr auto pause_between_searches = std::chrono::seconds(1);

}  // namespace

Senders::Export Senders::begin(std::span<const SampleLabel> resource, TimePoint now) {
  SenderId id = sender_id(resource);
  const auto known = senders_.find(id.key);
  if (known != senders_.end()) return {*this, known->second, now};
  return {*this, std::make_shared<Sender>(std::move(id), resource, now), now};
}

/// Makes a sender known. Returns false if there are too many. `sender` becomes the one that is known already.
bool Senders::admit(std::shared_ptr<Sender>& sender, TimePoint now) {
  const SenderId& id = sender->id();
  if (const auto known = senders_.find(id.key); known != senders_.end()) {
    sender = known->second;
    return true;
  }
  if (senders_.size() == limits_.senders && !retire_silent_sender(now)) {
    refused_sender_ = now;
    return false;
  }
  for (const auto& [key, other] : senders_) {
    const bool is_same = other->id().service == id.service && other->id().process == id.process;
    if (is_same && !id.process.empty()) other->take_over();
  }
  senders_.emplace(id.key, sender);
  return true;
}

/// Returns whether memory may grow, if need be after silent senders were retired. `kept`: is not retired.
bool Senders::make_room(TimePoint now, const Sender& kept) {
  while (bytes_ >= limits_.bytes) {
    if (!retire_silent_sender(now, &kept)) return false;
  }
  return true;
}

/// Retires the sender that is silent for longest, but for `kept`. Returns false if all others are live.
bool Senders::retire_silent_sender(TimePoint now, const Sender* kept) {
  if (now < full_senders_until_) return false;
  const Starts starts = latest_starts();
  auto silent = senders_.end();
  for (auto sender = senders_.begin(); sender != senders_.end(); ++sender) {
    if (sender->second.get() == kept || is_live(*sender->second, starts, now)) continue;
    if (silent == senders_.end() || sender->second->heard() < silent->second->heard()) silent = sender;
  }
  if (silent == senders_.end()) {
    full_senders_until_ = now + pause_between_searches;
    return false;
  }
  retire(*silent->second);
  senders_.erase(silent);
  return true;
}

PoolShelf::Pool* Senders::admit_pool(const std::string& label, TimePoint now) {
  if (PoolShelf::Pool* const pool = shelf_.admit(label, now)) return pool;
  return drop_silent_pool(now) ? shelf_.admit(label, now) : nullptr;
}

/// Forgets the pool that is silent for longest. Returns false if all have a live sender or were heard just
/// now.
bool Senders::drop_silent_pool(TimePoint now) {
  if (now < full_pools_until_) return false;
  std::set<std::string> live;
  const Starts starts = latest_starts();
  for (const auto& [id, sender] : senders_) {
    if (!is_live(*sender, starts, now)) continue;
    for (const auto& [label, pool] : sender->pools()) {
      if (now - pool.heard <= window_of(*sender)) live.insert(label);
    }
  }
  const auto silent = shelf_.longest_silent(live);
  if (!silent || shelf_.pools().at(*silent).heard == now) {
    full_pools_until_ = now + pause_between_searches;
    return false;
  }
  for (const auto& [id, sender] : senders_) {
    if (sender->pools().contains(*silent)) bytes_ -= sender->drop({*silent});
  }
  shelf_.erase(*silent);
  has_changed_ = true;
  return true;
}

/// Moves the counters of a sender to the shelf, which then knows until when they were counted.
void Senders::retire(Sender& sender) {
  refresh(sender);
  std::set<std::string> labels;
  for (const auto& [label, leaving] : sender.pools()) {
    labels.insert(label);
    if (leaving.shelf == nullptr || !leaving.figures) continue;
    PoolShelf::Pool& pool = *leaving.shelf;
    PoolSum sum(pool.shown);
    if (pool.retired) sum.add(*pool.retired, PoolSum::Part::counters);
    sum.add(*leaving.figures, PoolSum::Part::counters);
    pool.retired = sum.take();
    pool.departed.add(sender.id().key, sender.newest_time());
  }
  bytes_ -= sender.drop(labels);
  has_changed_ = true;
}

/// Returns until when a pool has counted a sender that had to leave; 0 = it has not.
std::uint64_t Senders::counted_until(const Sender& sender, const std::string& label) const {
  const auto pool = shelf_.pools().find(label);
  return pool == shelf_.pools().end() ? 0 : pool->second.departed.counted_until(sender.id().key);
}

/// Returns the name of a sender's pool, behind the source's. It is as a PoolKey has it.
std::string Senders::name_of(const Sender& sender, const std::string& place) const {
  if (naming_.has_template) return bounded_name(place);
  std::string name = sender.id().name;
  const auto add = [&](const std::string& part) {
    if (part.empty()) return;
    if (!name.empty()) name += '/';
    name += part;
  };
  if (naming_.by_instance) add(sender.id().instance);
  add(place);
  return bounded_name(name);
}

/// Counts the memory of a series.
void Senders::measure(Sender::Series& series) {
  const std::size_t bytes = series.fixed_bytes + series.hint.size() + series.pushed.bytes();
  bytes_ += bytes - series.bytes;
  series.bytes = bytes;
}

}  // namespace dbpool
