#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sources/mapping/kept_counters.hpp"
#include "sources/mapping/mapped_pools.hpp"
#include "sources/push/pool_shelf.hpp"
#include "sources/push/pool_sum.hpp"
#include "sources/push/pushed_series.hpp"
#include "sources/push/sender_id.hpp"

namespace dbpool {

/// One process that pushes, or several whose resources are equal: its series, and the pools that they make.
/// Not thread-safe.
class Sender {
 public:
  /// What it has of one pool.
  struct OfPool {
    PoolShelf::Pool* shelf = nullptr;  ///< nullptr: no series of it shows that it is a pool
    std::size_t series = 0;
    TimePoint heard;
    std::uint64_t counted_until = 0;  ///< as of PointTime
    std::optional<PoolSnapshot> figures = std::nullopt;
    PoolSum::Part part = PoolSum::Part::counters;  ///< how much of the figures counts now
    PoolEnd end = PoolEnd::none;
  };
  struct Series {
    PushedSeries pushed;
    std::vector<OfPool*> pools;  ///< each once
    TimePoint heard = {};
    std::size_t fixed_bytes = 0, bytes = 0;  ///< besides the points; all, as counted last
    std::uint64_t counted_until = 0;         ///< as of PointTime
    std::string hint = {};                   ///< that comes with each of its points; "" = none
  };
  /// What a reading needs besides the sender.
  struct Context {
    const Mapping& mapping;
    const std::string& source;
    std::size_t pools;  ///< the most
  };

  Sender(SenderId id, std::span<const SampleLabel> resource, TimePoint now);

  const SenderId& id() const noexcept { return id_; }
  /// Returns labels of a series: those of a point, then those of the resource.
  std::vector<SampleLabel> labels(const PushedMetric& metric, std::span<const SampleLabel> attributes) const;
  /// Returns the series with that key; nullptr if there is none.
  Series* find(const std::string& key);
  Series& add(const std::string& key, PushedSeries series, std::vector<OfPool*> pools);
  /// Returns what it has of a pool, which is new if it has nothing.
  OfPool& pool(const std::string& label, TimePoint now);
  std::map<std::string, OfPool>& pools() noexcept { return pools_; }
  /// Removes pools and their series, in time linear in all its series. Returns the number of bytes that are
  /// free then.
  std::size_t drop(const std::set<std::string>& labels);

  /// Notes a point that was used.
  void note(Series& series, const PointTime& at);
  /// Notes an export whose points were made so long after the ones before them, at most, in nanoseconds.
  void note_step(std::uint64_t step);
  /// Notes a hint that a point gives. Keeps the latest ones, at most 10.
  void add_hint(const std::string& text, TimePoint now);
  /// Returns when each hint was noted last.
  const std::map<std::string, TimePoint>& own_hints() const noexcept { return own_hints_; }
  const std::vector<std::string>& hints() const noexcept { return hints_; }

  /// Returns the time from one export of a process to the next, the largest of the last three, because one
  /// that stops flushes early; nullopt before the second one.
  std::optional<Duration> interval() const;
  TimePoint heard() const noexcept { return heard_; }
  std::uint64_t newest_time() const noexcept { return newest_time_; }
  /// Returns the earliest start of a point; 0 = not known.
  std::uint64_t earliest_start() const noexcept { return earliest_start_; }
  /// Another process has taken its place; ends with its next point.
  bool is_taken_over() const noexcept { return is_taken_over_; }
  void take_over() { is_taken_over_ = true; }

  /// Computes the figures of its pools if it was heard since. Gauges count if they arrived within `window`
  /// before its last point. Where only one of several series counts, it is one that arrived so lately. Of a
  /// pool that has ended, or of which nothing arrives any more, only the counters count.
  void refresh(const Context& context, Duration window);

 private:
  SenderId id_;
  std::vector<std::pair<std::string, std::string>> resource_;
  std::list<Series> series_;  ///< in the order in which they came
  std::unordered_map<std::string, std::list<Series>::iterator> by_key_;
  std::map<std::string, OfPool> pools_;  ///< by label
  KeptCounters kept_;
  std::map<std::string, TimePoint> own_hints_;
  std::vector<std::string> hints_;  ///< of the last reading
  TimePoint heard_;
  std::uint64_t newest_time_ = 0, earliest_start_ = 0;
  std::array<Duration, 3> steps_{};  ///< of the last exports; 0 = not known
  std::size_t next_step_ = 0;        ///< where the next one goes
  bool is_taken_over_ = false;
  bool has_changed_ = false;
};

}  // namespace dbpool
