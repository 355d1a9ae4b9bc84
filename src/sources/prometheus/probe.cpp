#include "sources/prometheus/probe.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "dbpool/model/error.hpp"
#include "sources/http/fetch.hpp"
#include "sources/mapping/mapped_samples.hpp"
#include "sources/prometheus/text_reader.hpp"
#include "sources/reading.hpp"
#include "sources/recent_errors.hpp"

namespace dbpool {
namespace {

/// The older format first: it is what most applications test with. The last one is for servers that refuse
/// what they do not know.
constexpr HttpDocument metrics_document{
    "text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1",
    TextLimits().bytes};

/// Returns the names of the presets that a mapping looks for, with commas; "fields" for those of its own.
std::string looked_for(const Mapping& mapping) {
  std::string names;
  std::string_view last;
  for (const MappedView& view : mapping.views()) {
    const std::string_view name = view.preset.empty() ? "fields" : std::string_view(view.preset);
    if (name == std::exchange(last, name)) continue;
    names.append(names.empty() ? "" : ", ").append(name);
  }
  return names;
}

class PrometheusProbe : public Probe {
 public:
  PrometheusProbe(const ProbeOptions& source, const PrometheusOptions& options,
                  std::shared_ptr<NameResolver> names)
      : source_(source),
        target_(options.http, metrics_document, std::move(names)),
        mapping_(options.mapping),
        recent_errors_(options.error_window) {}

  std::unique_ptr<ProbeOperation> start_read(Deadline deadline) override;

 private:
  class Reading;

  const ProbeOptions source_;
  HttpTarget target_;
  const Mapping mapping_;
  KeptCounters kept_;
  RecentErrors recent_errors_;
};

/// One reading. Its samples are mapped as they arrive; none of the text is kept.
class PrometheusProbe::Reading : public ProbeOperation, private HttpSink {
 public:
  Reading(PrometheusProbe& probe, Deadline deadline)
      : probe_(probe), fetch_(probe.target_, deadline), mapped_(probe.mapping_, probe.source_.limit) {}

  std::optional<IoWait> advance(TimePoint now) override {
    if (const auto wait = fetch_.get(probe_.target_.url(), *this, now)) return wait;
    now_ = now;
    naming(probe_.target_.url(), [this] { finish(); });
    return std::nullopt;
  }

  ProbeResult take() override { return std::move(result_); }

 private:
  void begin(const HttpHead& head) override {
    if (const auto error = status_error(head.status, "metrics")) throw DriverError(*error);
    reader_.emplace(text_format(head.content_type), mapped_);
    has_end_ = head.has_end;
  }
  void receive(std::string_view piece) override { reader_->read(piece); }

  void finish() {
    // PgCat leaves out the last line feed. If the transfer shows that the answer is whole, its last line is
    // too.
    if (has_end_) reader_->read("\n");
    reader_->finish();
    if (reader_->samples() == 0) throw Error("it answered no sample, so no metrics: is this the right path?");
    result_ = mapped_.take(probe_.source_.name, probe_.kept_);
    make_unique(result_.pools);
    if (result_.pools.empty()) {
      // Not how many samples there are: a text that changes with each reading would be logged each time.
      throw Error("no pool series among its samples; looked for: " + looked_for(probe_.mapping_) +
                  "; some pools have series only after their first connection");
    }
    probe_.recent_errors_.complete(result_.pools, now_.time_since_epoch(), std::chrono::system_clock::now());
  }

  PrometheusProbe& probe_;
  HttpFetch fetch_;
  MappedSamples mapped_;
  std::optional<TextReader> reader_;
  bool has_end_ = false;  ///< as of the answer's HttpHead
  TimePoint now_;
  ProbeResult result_;
};

std::unique_ptr<ProbeOperation> PrometheusProbe::start_read(Deadline deadline) {
  return std::make_unique<Reading>(*this, deadline);
}

}  // namespace

std::unique_ptr<Probe> prometheus_probe(const ProbeOptions& source, const PrometheusOptions& options,
                                        std::shared_ptr<NameResolver> names) {
  return std::make_unique<PrometheusProbe>(source, options, std::move(names));
}

}  // namespace dbpool
