#include "sources/http_json/http_json.hpp"

#include <chrono>
#include <utility>

#include "dbpool/model/error.hpp"
#include "sources/http/fetch.hpp"
#include "sources/http_json/reader.hpp"
#include "sources/reading.hpp"
#include "sources/recent_errors.hpp"

namespace dbpool {
namespace {

constexpr HttpDocument json_document{"application/json", std::size_t{8} << 20U};

std::vector<HttpUrl> urls_of(const HttpUrl& base, const HttpJsonReader& reader) {
  std::vector<HttpUrl> urls;
  for (const std::string& reference : reader.references()) urls.push_back(resolve_http_url(base, reference));
  return urls;
}

class HttpJsonProbe : public Probe {
 public:
  HttpJsonProbe(std::string source, const HttpJsonOptions& options, std::shared_ptr<NameResolver> names)
      : source_(std::move(source)),
        target_(options.http, json_document, std::move(names)),
        reader_(options),
        urls_(urls_of(target_.url(), reader_)),
        recent_errors_(options.error_window) {}

  std::unique_ptr<ProbeOperation> start_read(Deadline deadline) override;

 private:
  class Reading;

  const std::string source_;
  HttpTarget target_;
  const HttpJsonReader reader_;
  const std::vector<HttpUrl> urls_;
  RecentErrors recent_errors_;
  MissingFields missing_fields_;
};

/// One reading. It keeps the whole documents, because a reader of JSON needs them so.
class HttpJsonProbe::Reading : public ProbeOperation, private HttpSink {
 public:
  Reading(HttpJsonProbe& probe, Deadline deadline) : probe_(probe), fetch_(probe.target_, deadline) {}

  std::optional<IoWait> advance(TimePoint now) override {
    now_ = now;
    while (documents_.size() < probe_.urls_.size()) {
      if (const auto wait = fetch_.get(url(), *this, now_)) return wait;
      documents_.push_back(std::exchange(body_, {}));
    }
    naming(url(), [this] { read(); });
    return std::nullopt;
  }

  ProbeResult take() override {
    const auto now = now_.time_since_epoch();
    ProbeResult& result = reading_.result;
    make_unique(result.pools);
    probe_.recent_errors_.complete(result.pools, now, std::chrono::system_clock::now());
    result.hints = probe_.missing_fields_.after(reading_.lookups, now);
    return std::move(result);
  }

 private:
  void begin(const HttpHead& head) override {
    is_unavailable_ = is_unavailable_ || head.status == 503;
    if (head.status == 503) return;  // health endpoints send their document with it
    if (const auto error = status_error(head.status, "JSON")) throw DriverError(*error);
  }
  void receive(std::string_view piece) override { body_ += piece; }

  void read() {
    try {
      reading_ = probe_.reader_.read(probe_.source_, documents_);
    } catch (const Error&) {
      if (is_unavailable_) throw DriverError(ErrorKind::other, "it answered 503");
      throw;
    }
  }

  const HttpUrl& url() const { return probe_.urls_[std::min(documents_.size(), probe_.urls_.size() - 1)]; }

  HttpJsonProbe& probe_;
  HttpFetch fetch_;
  TimePoint now_;  // when the present step began
  std::string body_;
  std::vector<std::string> documents_;
  bool is_unavailable_ = false;
  JsonReading reading_;
};

std::unique_ptr<ProbeOperation> HttpJsonProbe::start_read(Deadline deadline) {
  return std::make_unique<Reading>(*this, deadline);
}

}  // namespace

std::unique_ptr<Probe> http_json_probe(std::string source, const HttpJsonOptions& options,
                                       std::shared_ptr<NameResolver> names) {
  return std::make_unique<HttpJsonProbe>(std::move(source), options, std::move(names));
}

std::string http_json_problem(const HttpJsonOptions& options) {
  try {
    urls_of(read_http_url(options.http.url), HttpJsonReader(options));
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace dbpool
