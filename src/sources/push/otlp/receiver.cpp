#include "sources/push/otlp/receiver.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "sources/push/otlp/decode.hpp"
#include "sources/push/otlp/from_json.hpp"

namespace dbpool {

namespace {

constexpr int bad_request = 400, content_too_large = 413;

/// The encoding of a content type without its parameters; nullopt = not one of OTLP.
std::optional<OtlpEncoding> encoding_of(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  std::ranges::transform(type, type.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  if (type == "application/x-protobuf") return OtlpEncoding::protobuf;
  if (type == "application/json") return OtlpEncoding::json;
  return std::nullopt;
}

/// Wants what a mapping selects, and keeps nothing.
class Checked : public PointSink {
 public:
  explicit Checked(const Mapping& mapping) : mapping_(mapping) {}

  bool wants(std::string_view metric) const override { return wants_metric(mapping_, metric); }
  void resource(std::span<const SampleLabel> /*attributes*/) override {}
  void point(const PushedMetric& /*metric*/, const PushedPoint& /*point*/) override {}
  void malformed(const PushedMetric& /*metric*/, std::span<const SampleLabel> /*attributes*/,
                 std::string_view /*why*/) override {}

 private:
  const Mapping& mapping_;
};

/// Adds points to what the senders have reported. The lock is free between two points, so that a large body
/// delays no reading.
class Added : public PointSink {
 public:
  Added(PushedState& state, TimePoint now) : state_(state), now_(now) {}

  bool wants(std::string_view metric) const override { return wants_metric(state_.mapping, metric); }

  void resource(std::span<const SampleLabel> attributes) override {
    const auto senders = state_.senders.access();
    if (export_) export_->end();
    export_ = senders->begin(attributes, now_);
  }

  void point(const PushedMetric& metric, const PushedPoint& point) override {
    const auto senders = state_.senders.access();
    if (export_->add(metric, point) == RejectReason::malformed)
      count(metric, "its values contradict each other");
  }

  void malformed(const PushedMetric& metric, std::span<const SampleLabel> attributes,
                 std::string_view why) override {
    const auto senders = state_.senders.access();
    if (export_->refuse_malformed(metric, attributes)) count(metric, why);
  }

  /// Ends the last resource.
  void end() {
    const auto senders = state_.senders.access();
    if (export_) export_->end();
  }

  std::uint64_t malformed_points() const noexcept { return malformed_; }
  /// Describes the first malformed point.
  const std::string& why() const noexcept { return why_; }

 private:
  static constexpr std::size_t longest_name = 128;

  void count(const PushedMetric& metric, std::string_view why) {
    if (++malformed_ > 1) return;
    why_ = "a point of " + std::string(metric.name.substr(0, longest_name)) +
           " is malformed: " + std::string(why);
  }

  PushedState& state_;
  const TimePoint now_;
  std::optional<Senders::Export> export_;
  std::uint64_t malformed_ = 0;
  std::string why_;
};

}  // namespace

OtlpReceiver::OtlpReceiver(std::shared_ptr<PushedState> state, std::shared_ptr<const Clock> clock,
                           std::size_t max_body)
    : state_(std::move(state)), clock_(std::move(clock)), max_body_(max_body) {}

bool OtlpReceiver::takes(std::string_view content_type) {
  return encoding_of(content_type).has_value();
}

OtlpAnswer OtlpReceiver::receive(std::string_view content_type, std::string_view body) {
  const OtlpEncoding encoding = encoding_of(content_type).value_or(OtlpEncoding::protobuf);
  std::string translated;
  try {
    if (encoding == OtlpEncoding::json) body = translated = otlp_from_json(body, max_body_);
    Checked checked(state_->mapping);
    decode_otlp(body, checked);
  } catch (const TooLarge& error) {
    refused(content_too_large);
    return otlp_refused(encoding, content_too_large, error.what());
  } catch (const Error& error) {
    refused(bad_request);
    return otlp_refused(encoding, bad_request, error.what());
  }
  Added added(*state_, clock_->now());
  decode_otlp(body, added);
  added.end();
  return otlp_accepted(encoding, added.malformed_points(), added.why());
}

void OtlpReceiver::refused(int status) {
  const auto why = status == content_too_large ? RejectReason::too_large : RejectReason::malformed;
  state_->senders.access()->refuse(why);
}

}  // namespace dbpool
