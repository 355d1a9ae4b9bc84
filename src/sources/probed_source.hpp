#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dbpool/sync/scheduler.hpp"
#include "snapshot/pool_source.hpp"
#include "sources/probe.hpp"
#include "sources/probe_options.hpp"
#include "sources/reading_report.hpp"

namespace dbpool {

/// A source that reads its target once per interval, regardless of the number of callers, and returns the
/// last reading. After a failure it reads again after growing pauses (1, 2, 4, 8, 16, 16 … s, but at least
/// its interval); until a reading succeeds, only the names of its pools are known. Any thread may call it.
///
/// Locking: one mutex guards the last reading. One task at a time uses the probe, outside the lock.
class ProbedSource : public PoolSource {
 public:
  /// Starts the first reading at once. Does not block.
  ProbedSource(const ProbeOptions& options, std::unique_ptr<Probe> probe, const Runtime& runtime,
               OnReading on_reading);
  /// Starts no further reading; does not wait for one in progress.
  ~ProbedSource() override;
  ProbedSource(const ProbedSource&) = delete;
  ProbedSource& operator=(const ProbedSource&) = delete;

  const std::string& name() const noexcept override;
  SourceKind kind() const noexcept override;
  std::shared_ptr<const Reading> read() const override;
  std::vector<LeakReport> leaks(const std::string& pool) const override;

 private:
  class Reader;
  std::shared_ptr<Reader> reader_;
};

}  // namespace dbpool
