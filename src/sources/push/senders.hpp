#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "dbpool/model/histogram_recorder.hpp"
#include "dbpool/sync/clock.hpp"
#include "snapshot/pool_source.hpp"
#include "sources/mapping/hints.hpp"
#include "sources/mapping/mapping.hpp"
#include "sources/probe.hpp"
#include "sources/push/point.hpp"
#include "sources/push/pool_shelf.hpp"
#include "sources/push/pool_sum.hpp"
#include "sources/push/sender.hpp"
#include "sources/push/series_use.hpp"

namespace dbpool {

/// The most that is kept of what senders push. Points beyond it are rejected.
struct PushLimits {
  std::size_t pools = 500;
  std::size_t senders = 1000;
  std::size_t series_of_pool = 256;            ///< of one sender
  std::size_t bytes = std::size_t{64} << 20U;  ///< of all series, approximately
};

/// How senders make pools, and how long their values count.
struct PushNaming {
  bool by_instance = false;   ///< a pool for each service.instance.id, instead of one for all of a service
  bool has_template = false;  ///< the mapping's template makes the whole name, without the service in front
  /// Silence after which a sender's gauges do not count; nullopt = three of its intervals, as seen.
  std::optional<Duration> stale_after = std::nullopt;
  Duration least_stale = std::chrono::seconds(30);       ///< the least that three intervals may be
  Duration assumed_interval = std::chrono::seconds(60);  ///< of a sender that was heard once
  Duration latency_objective{0};                         ///< longer acquisitions count as slow; 0 = off
  /// Of acquisitions in exponential histograms and single values.
  std::shared_ptr<const BucketBounds> acquisition_buckets = dbpool::acquisition_buckets();
};

/// Everything that the senders of one source have reported. The counters of its pools never fall, whatever
/// senders restart, repeat or leave. Bounded by PushLimits. Not thread-safe: its owner has a lock, and each
/// call is short.
class Senders {
 public:
  class Export;

  /// `mapping` must outlive it. `source`: the name in front of the pools' names.
  Senders(const Mapping& mapping, std::string source, const PushNaming& naming, const PushLimits& limits);
  Senders(const Senders&) = delete;
  Senders& operator=(const Senders&) = delete;

  /// Begins what one request says about one resource. `resource`: its attributes, sorted by name.
  Export begin(std::span<const SampleLabel> resource, TimePoint now);
  /// Counts a body, or a part of it, that was not used.
  void refuse(RejectReason why);

  /// Returns the pools of all senders, with hints and the number of pools beyond the limit.
  ProbeResult pools(TimePoint now);
  /// Returns when the result of `pools` changes without a push, because values get too old; a time in the
  /// past if something was pushed since the last call of `pools`.
  TimePoint changes_at() const;
  /// Returns the labels of the pools in the last result of `pools` that no live sender reports.
  const std::set<std::string>& silent() const noexcept { return silent_; }
  PushCounts counts(TimePoint now) const;
  /// Forgets the pools that were not heard for an hour, and the senders that have no other. While one sender
  /// keeps a pool alive, the others may come back however late, and count on from where they were.
  void forget(TimePoint now);

 private:
  friend class Export;
  using ById = std::map<std::string, std::shared_ptr<Sender>>;
  using Starts = std::map<std::string, std::uint64_t>;  ///< by service: the latest of its senders' starts

  // What pushes change.
  bool admit(std::shared_ptr<Sender>& sender, TimePoint now);
  bool make_room(TimePoint now, const Sender& kept);
  bool retire_silent_sender(TimePoint now, const Sender* kept = nullptr);
  void retire(Sender& sender);
  PoolShelf::Pool* admit_pool(const std::string& label, TimePoint now);
  bool drop_silent_pool(TimePoint now);
  std::uint64_t counted_until(const Sender& sender, const std::string& label) const;
  std::string name_of(const Sender& sender, const std::string& place) const;
  void measure(Sender::Series& series);

  // What readings see.
  Starts latest_starts() const;
  std::map<std::string, PoolSum> sums(TimePoint now, Hints& hints);
  Duration window_of(const Sender& sender) const;
  bool is_live(const Sender& sender, const Starts& starts, TimePoint now) const;
  void refresh(Sender& sender);

  const Mapping& mapping_;
  const std::vector<SeriesRole> roles_;
  const std::string source_;
  const PushNaming naming_;
  const PushLimits limits_;
  ById senders_;
  PoolShelf shelf_;
  std::set<std::string> silent_;  ///< labels
  PushCounts counts_;
  std::size_t bytes_ = 0;
  bool has_changed_ = false;
  TimePoint changes_at_ = TimePoint::max();
  TimePoint full_senders_until_, full_pools_until_;  ///< no search for a silent one before that
  TimePoint refused_sender_ = TimePoint::min();
};

/// One resource of one request. Its calls need the lock of its Senders, which outlives it; the lock may be
/// free between them.
class Senders::Export {
 public:
  /// Adds a point, and counts it. Returns why it was rejected; nullopt if it was used or is no pool's.
  std::optional<RejectReason> add(const PushedMetric& metric, const PushedPoint& point);
  /// Counts a malformed point. Returns false if it is no pool's, by those of its attributes that are known.
  bool refuse_malformed(const PushedMetric& metric, std::span<const SampleLabel> attributes);
  /// Ends it, so that the sender's interval is known.
  void end();

 private:
  friend class Senders;
  struct Found {
    Sender::Series* series = nullptr;  ///< nullptr: the point is no pool's, or is rejected
    std::optional<RejectReason> rejected = std::nullopt;
  };
  Export(Senders& senders, std::shared_ptr<Sender> sender, TimePoint now)
      : senders_(&senders), sender_(std::move(sender)), now_(now) {}

  Found find(const PushedMetric& metric, const PushedPoint& point);
  Found begin_series(const PushedMetric& metric, std::vector<SeriesUse> uses);
  bool place(SeriesUse& use, std::vector<Sender::OfPool*>& pools);
  void note_hints(Sender::Series& series, const PushedMetric& metric);
  void explain(const PushedMetric& metric);

  Senders* senders_;
  std::shared_ptr<Sender> sender_;  ///< admitted with the first point of a pool
  TimePoint now_;
  std::uint64_t step_ = 0;  ///< the largest of its points
  std::string key_;         ///< of the series of the current point
};

}  // namespace dbpool
