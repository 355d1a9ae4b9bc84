#include "sources/push/otlp/otlp_source.hpp"

#include <utility>

namespace dbpool {
namespace {

class OtlpPools : public PushedPools {
 public:
  explicit OtlpPools(std::shared_ptr<PushedState> state) : state_(std::move(state)) {}

  std::optional<PushedReading> read(TimePoint now, const std::optional<PushCounts>& known) override {
    const auto senders = state_->senders.access();
    const PushCounts counts = senders->counts(now);
    if (known == counts && now < senders->changes_at()) return std::nullopt;
    ProbeResult result = senders->pools(now);
    return PushedReading{std::move(result), senders->silent(), counts};
  }
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
