#include "sources/push/otlp/otlp_source.hpp"

#include <utility>

namespace dbpool {
namespace {

class OtlpPools : public PushedPools {
 public:
  explicit OtlpPools(std::shared_ptr<PushedState> state) : state_(std::move(state)) {}

  ProbeResult pools(TimePoint now) override { return state_->senders.access()->pools(now); }
  TimePoint changes_at() const override { return state_->senders.access()->changes_at(); }
  std::set<std::string> silent() const override { return state_->senders.access()->silent(); }
  PushCounts counts(TimePoint now) const override { return state_->senders.access()->counts(now); }
  void forget(TimePoint now) override { state_->senders.access()->forget(now); }

 private:
  const std::shared_ptr<PushedState> state_;
};

}  // namespace

std::shared_ptr<PushedState> otlp_state(const ProbeOptions& source, const OtlpOptions& options) {
  PushNaming naming;
  naming.by_instance = options.by_instance;
  naming.has_template = options.mapping.pool.has_value();
  naming.stale_after = options.stale_after;
  naming.latency_objective = source.latency_objective;
  PushLimits limits;
  limits.pools = source.limit;
  return std::make_shared<PushedState>(Mapping(options.mapping), source.name, naming, limits);
}

std::shared_ptr<PushedPools> otlp_pools(std::shared_ptr<PushedState> state) {
  return std::make_shared<OtlpPools>(std::move(state));
}

}  // namespace dbpool
