#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dbpool/sync/scheduler.hpp"
#include "sources/pool_source.hpp"
#include "sources/probe.hpp"
#include "sources/probe_options.hpp"

namespace dbpool {

/// Reads a target once per interval, however many ask, and tells the last reading. A target that fails is
/// asked again with growing pauses (1, 2, 4, 8, 16, 16 … s, but never before its interval is over), and
/// until then its pools are known by name only. Any thread may call it.
///
/// Locking: one mutex guards the last reading. The probe is used by one task at a time, outside it.
class ProbedSource : public PoolSource {
 public:
  /// Hears how each reading ended: `problem` is empty when it went well, and `hints` are the reading's then.
  /// Called on a worker, without a lock.
  using OnReading = std::function<void(const std::string& source, const std::string& problem,
                                       const std::vector<std::string>& hints)>;

  /// The first reading begins at once.
  ProbedSource(const ProbeOptions& options, std::unique_ptr<Probe> probe, const Runtime& runtime,
               OnReading on_reading);
  /// Begins no further reading; does not wait for one that is under way.
  ~ProbedSource() override;
  ProbedSource(const ProbedSource&) = delete;
  ProbedSource& operator=(const ProbedSource&) = delete;

  const std::string& name() const noexcept override;
  SourceKind kind() const noexcept override;
  Reading read() const override;
  std::vector<LeakReport> leaks(const std::string& pool) const override;

 private:
  class Reader;
  std::shared_ptr<Reader> reader_;
};

}  // namespace dbpool
