#include "shown_reading.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "dbpool/model/exemplar_labels.hpp"
#include "exposition/family_writer.hpp"
#include "exposition/json_health.hpp"
#include "exposition/json_health_document.hpp"
#include "exposition/json_history.hpp"
#include "exposition/json_leaks.hpp"
#include "exposition/json_metrics.hpp"
#include "exposition/json_stats.hpp"
#include "exposition/named_pools.hpp"
#include "exposition/render.hpp"
#include "fuzz_target.hpp"
#include "model/utf8.hpp"
#include "sources/probed_source.hpp"
#include "sources/prometheus/text_reader.hpp"
#include "support/fakes/manual_scheduler.hpp"

namespace dbpool::test {
namespace {

/// Requires that exemplars are what OpenMetrics allows.
class SoundExemplars : public SampleVisitor {
 public:
  explicit SoundExemplars(std::string_view input) : input_(input) {}
  void visit(const ScrapedSample& sample) override {
    if (!sample.exemplar) return;
    std::size_t characters = 0;
    for (const SampleLabel& label : sample.exemplar->labels) {
      require(valid_utf8(label.value) == label.value, "a label of an exemplar is UTF-8", input_);
      characters += count_characters(label.name) + count_characters(label.value);
    }
    require(characters <= ExemplarLabels::most_characters, "an exemplar has at most 128 characters", input_);
    require(sample.exemplar->time.has_value(), "an exemplar has a time", input_);
  }

 private:
  std::string_view input_;
};

/// A target whose answer is already there.
class AnsweredProbe : public Probe {
 public:
  explicit AnsweredProbe(ProbeResult result) : result_(std::move(result)) {}
  std::unique_ptr<ProbeOperation> start_read(Deadline /*deadline*/) override {
    return std::make_unique<Answered>(result_);
  }

 private:
  struct Answered : ProbeOperation {
    explicit Answered(const ProbeResult& all) : result(all) {}
    std::optional<IoWait> advance(TimePoint /*now*/) override { return std::nullopt; }
    ProbeResult take() override { return result; }
    const ProbeResult& result;
  };
  const ProbeResult result_;
};

/// A source's name and four names of a target.
constexpr std::size_t longest_label = 1000;

bool is_a_figure(double value) {
  return std::isfinite(value) && value >= 0;
}

/// Requires sound values of every number in a document.
void require_values(const Json& value, std::string_view input) {
  if (value.is_number())
    require(is_a_figure(value.get<double>()), "a JSON number is finite, 0 or more", input);
  if (!value.is_structured()) return;
  for (const auto& part : value) require_values(part, input);
}

/// Returns the value of a series; of a histogram its sum.
double value_of(prometheus::MetricType type, const prometheus::ClientMetric& series) {
  if (type == prometheus::MetricType::Counter) return series.counter.value;
  return type == prometheus::MetricType::Histogram ? series.histogram.sample_sum : series.gauge.value;
}

/// Returns the number of a series' lines: a histogram has one for each bucket, its sum and its count.
std::size_t lines_of(prometheus::MetricType type, const prometheus::ClientMetric& series) {
  return type == prometheus::MetricType::Histogram ? series.histogram.bucket.size() + 2 : 1;
}

}  // namespace

ShownReading::ShownReading(SourceKind kind, ProbeResult result)
    : result_(std::move(result)), snapshotter_(std::make_shared<FakeClock>(), [](const HealthChange&) {}) {
  const auto clock = std::make_shared<FakeClock>();
  const auto scheduler = std::make_shared<ManualScheduler>(clock);
  ProbeOptions options;
  options.name = read_source;
  options.kind = kind;
  options.limit = most_pools;
  const auto source = std::make_shared<ProbedSource>(options, std::make_unique<AnsweredProbe>(result_),
                                                     Runtime{scheduler, clock}, nullptr);
  scheduler->run();
  snapshotter_.watch({{source, *health_preset("capacity")}}, {});
  snapshotter_.tick();
  fleet_ = snapshotter_.snapshot();
  FamilyWriter families;
  render(fleet_, families);
  families_ = families.take();
  metrics_ = render_text(fleet_);
  scheduler->stop();
}

void ShownReading::require_sound(std::string_view input) const {
  require(fleet_.sources.size() == 1 && fleet_.sources[0].reading.up == true, "the source is up", input);
  require_bounded(input);
  require_figures(input);
  require_series(input);
  require_openmetrics(input);
  require_documents(input);
}

void ShownReading::require_bounded(std::string_view input) const {
  std::set<std::string> names;
  for (const PoolSnapshot& pool : result_.pools) {
    names.insert(pool.label());
    const std::string& label = pool.label();
    const bool is_ours = label == read_source || label.starts_with(read_source + "/");
    require(is_ours, "a pool is named after its source", input);
    require(label.size() <= longest_label && valid_utf8(label) == label, "a label is short and UTF-8", input);
  }
  for (const auto& [pool, leaks] : result_.leaks) {
    require(names.contains(pool), "a suspected leak is of a pool", input);
    const auto is_longer = [](const LeakReport& a, const LeakReport& b) { return a.held > b.held; };
    require(std::ranges::is_sorted(leaks, is_longer), "leaks come longest held first", input);
  }
  const std::size_t shown = fleet_.sources[0].pools.size();
  require(shown <= most_pools, "no more pools than the limit", input);
  const std::size_t dropped = fleet_.sources[0].reading.dropped_pools.value();
  if (result_.dropped) {
    require(shown == names.size() && dropped == *result_.dropped, "what a probe drops is told", input);
  } else {
    require(shown + dropped == names.size(), "a pool is shown or counted as dropped", input);
  }
}

void ShownReading::require_figures(std::string_view input) const {
  for (const PoolReport& pool : fleet_.sources[0].pools) {
    const PoolSnapshot& s = pool.figures;
    for (const auto& part : {s.idle, s.active, s.checking, s.unknown}) {
      require(!part || s.total() >= part, "no state has more connections than there are", input);
    }
    require(!s.unread || !s.total(), "of an unread pool nothing is known", input);
    require(s.max != 0U && s.configured != 0U, "a limit of 0 is none", input);
    require(s.waiting != 0U || s.oldest_waiter.value_or(0) == 0 || pool.kind == SourceKind::http_json,
            "where nobody waits, nobody has waited", input);
  }
}

void ShownReading::require_series(std::string_view input) const {
  std::size_t lines = 0;
  for (const auto& family : families_) {
    lines += 2;
    std::set<std::vector<std::pair<std::string, std::string>>> all;
    for (const auto& series : family.metric) {
      std::vector<std::pair<std::string, std::string>> labels;
      for (const auto& label : series.label) {
        require(valid_utf8(label.value) == label.value, "a label is UTF-8", input);
        labels.emplace_back(label.name, label.value);
      }
      require(all.insert(std::move(labels)).second, "a series appears once", input);
      require(is_a_figure(value_of(family.type, series)), "a value is finite, 0 or more", input);
      lines += lines_of(family.type, series);
    }
  }
  require(std::ranges::count(metrics_, '\n') == static_cast<std::ptrdiff_t>(lines),
          "a series takes its lines", input);
}

void ShownReading::require_openmetrics(std::string_view input) const {
  SoundExemplars exemplars(input);
  TextReader reader(TextFormat::openmetrics, exemplars);
  reader.read(render_text(fleet_, MetricsFormat::openmetrics));
  reader.finish();
  const auto heads = 2 * families_.size();
  require(reader.samples() + heads == static_cast<std::size_t>(std::ranges::count(metrics_, '\n')),
          "both formats have the same series", input);
}

void ShownReading::require_documents(std::string_view input) const {
  std::vector<Json> documents{stats_json(fleet_), health_json(fleet_), health_document_json(fleet_),
                              metrics_json(fleet_), leaks_json(snapshotter_.leaks())};
  for (const PoolReport& pool : fleet_.sources[0].pools) {
    const auto history = snapshotter_.history(pool.figures.label(), std::chrono::hours(1));
    require(history.has_value(), "a pool has a history", input);
    documents.push_back(history_json(pool.figures.label(), *history));
  }
  const Json& totals = documents[3];
  for (const NamedPool& pool : named_pools(fleet_)) {
    if (pool.counted_in_target) continue;  // the whole may report less
    const auto in_all = pool.figures().total();
    require(!in_all || totals["total_connections"] >= *in_all, "the pools' total is no smaller than one's",
            input);
  }
  for (const Json& document : documents) require_values(document, input);
  require(Json::accept(json_text(documents[0])), "a document is JSON", input);
}

}  // namespace dbpool::test
