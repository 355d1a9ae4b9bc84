#include "snapshot/recent_distribution.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dbpool {
namespace {

constexpr Duration remembered = std::chrono::minutes(5);
/// Half a minute, less what a tick may be early.
constexpr Duration between_moments = std::chrono::milliseconds(29500);

bool has_fallen(const Histogram& now, const Histogram& before) {
  for (std::size_t i = 0; i <= now.bounds().size(); ++i) {
    if (now.count_in(i) < before.count_in(i)) return true;
  }
  return false;
}

}  // namespace

void RecentDistribution::record(const std::shared_ptr<const Histogram>& total, TimePoint now) {
  if (!total) return;
  if (!bounds_ || *bounds_ != total->bounds()) {
    *this = {};
    bounds_ = std::make_shared<const std::vector<double>>(total->bounds());
    gain_.counts.resize(bounds_->size() + 1);
  }
  if (total_) add_gain(*total);
  total_ = total;
  keep(now);
}

void RecentDistribution::add_gain(const Histogram& total) {
  const bool anew = has_fallen(total, *total_);
  for (std::size_t i = 0; i < gain_.counts.size(); ++i)
    gain_.counts[i] += total.count_in(i) - (anew ? 0 : total_->count_in(i));
  gain_.seconds += total.sum_seconds() - (anew ? 0 : total_->sum_seconds());
}

void RecentDistribution::keep(TimePoint now) {
  if (!moments_.empty() && now < moments_.back().at + between_moments) return;
  moments_.push_back({now, gain_});
  while (moments_.size() > 1 && moments_[1].at <= now - remembered) moments_.pop_front();
}

std::shared_ptr<const Histogram> RecentDistribution::last_five_minutes() const {
  if (!bounds_) return nullptr;
  const Gain& before = moments_.front().gain;
  Histogram::Counts counts = gain_.counts;
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] -= before.counts[i];
  return std::make_shared<const Histogram>(bounds_, std::move(counts), gain_.seconds - before.seconds);
}

}  // namespace dbpool
