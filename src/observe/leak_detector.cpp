#include "dbpool/observe/leak_detector.hpp"

#include <execinfo.h>

#include <cstdlib>
#include <memory>

namespace dbpool {

void LeakDetector::lent(LeaseRecord& lease) noexcept {
  lease.suspected = false;
  lease.pardoned = std::chrono::nanoseconds::zero();
  lease.older = newest_;
  lease.newer = nullptr;
  (newest_ != nullptr ? newest_->newer : oldest_) = &lease;
  newest_ = &lease;
}

bool LeakDetector::returned(LeaseRecord& lease) noexcept {
  (lease.older != nullptr ? lease.older->newer : oldest_) = lease.newer;
  (lease.newer != nullptr ? lease.newer->older : newest_) = lease.older;
  if (lease.suspected) --suspected_;
  return lease.suspected;
}

void LeakDetector::pardon(std::chrono::nanoseconds pause) noexcept {
  for (auto* lease = oldest_; lease != nullptr; lease = lease->newer) lease->pardoned += pause;
}

std::vector<const LeaseRecord*> LeakDetector::sweep(std::chrono::nanoseconds now) {
  std::vector<const LeaseRecord*> fresh;
  if (limit_.count() == 0) return fresh;
  for (auto* lease = oldest_; lease != nullptr; lease = lease->newer) {
    if (now - lease->acquired_at - lease->pardoned < limit_) break;
    if (lease->suspected) continue;
    lease->suspected = true;
    ++suspected_;
    fresh.push_back(lease);
  }
  return fresh;
}

std::vector<const LeaseRecord*> LeakDetector::suspects() const {
  std::vector<const LeaseRecord*> all;
  for (const auto* lease = oldest_; lease != nullptr && all.size() < suspected_; lease = lease->newer) {
    if (lease->suspected) all.push_back(lease);
  }
  return all;
}

LeakReport report(const LeaseRecord& lease, std::chrono::nanoseconds now) {
  LeakReport leak;
  leak.connection_id = "conn_" + std::to_string(lease.connection);
  leak.lease = lease.id;
  leak.held = now - lease.acquired_at;
  leak.site = lease.site;
  if (leak.site.empty()) {
    leak.site = std::string(lease.where.file_name()) + ":" + std::to_string(lease.where.line()) + " " +
                lease.where.function_name();
  }
  return leak;
}

std::vector<std::string> describe_stack(const LeaseRecord& lease) {
  const std::unique_ptr<char*, decltype(&std::free)> symbols(
      ::backtrace_symbols(lease.stack.data(), lease.stack_depth), &std::free);
  if (symbols == nullptr) return {};
  return {symbols.get(), symbols.get() + lease.stack_depth};
}

}  // namespace dbpool
