#include "sources/http_json/http_json.hpp"

#include <poll.h>

#include <chrono>
#include <utility>

#include "dbpool/model/error.hpp"
#include "model/secret_file.hpp"
#include "sources/http/client.hpp"
#include "sources/http_json/reader.hpp"
#include "sources/reading.hpp"
#include "sources/recent_errors.hpp"

namespace dbpool {
namespace {

/// Describes why this HTTP status carries no document; "" if it may carry one, as 503 does on health
/// endpoints.
std::string problem_of(long status) {
  const std::string text = "it answered " + std::to_string(status);
  if (status >= 300 && status < 400) return text + ", and redirects are not followed";
  if (status == 204 || status == 205)
    return text + ", which has no content, not JSON: is this the right path?";
  if (status == 401 || status == 403) return text + ": it does not accept these credentials";
  return (status >= 200 && status < 300) || status == 503 ? "" : text;
}

/// Reads a secret that is sent in a header. `shown`: the name of the file in errors.
std::string read_credential(const std::filesystem::path& file, const std::string& shown) {
  std::string text = read_secret_file(file, shown);
  if (text.find_first_of(std::string("\r\n\0", 3)) != std::string::npos) {
    throw Error("reading " + shown + ": it has more than one line");
  }
  return text;
}

std::vector<HttpUrl> urls_of(const HttpUrl& base, const HttpJsonReader& reader) {
  std::vector<HttpUrl> urls;
  for (const std::string& reference : reader.references()) urls.push_back(resolve_http_url(base, reference));
  return urls;
}

class HttpJsonProbe : public Probe {
 public:
  HttpJsonProbe(std::string source, const HttpJsonOptions& options, std::shared_ptr<NameResolver> names)
      : source_(std::move(source)),
        options_(options),
        names_(std::move(names)),
        url_(read_http_url(options.url)),
        reader_(options),
        urls_(urls_of(url_, reader_)),
        recent_errors_(options.error_window) {}

  std::unique_ptr<ProbeOperation> start_read(Deadline deadline) override;

 private:
  class Reading;

  static std::string credential(const std::filesystem::path& file) {
    // The option may hold the secret itself instead of a file's name.
    const bool is_path = file.is_absolute() || file.string().starts_with('.');
    return read_credential(file,
                           is_path ? file.string() : "a credential's file (no absolute path, so not shown)");
  }

  HttpRequest request(const HttpUrl& url, std::vector<std::string> addresses) const {
    HttpRequest request{url, std::move(addresses), url.username, url.password, "", ""};
    if (!options_.username.empty()) request.username = options_.username;
    if (options_.password_file) request.password = credential(*options_.password_file);
    if (options_.bearer_file) request.bearer = credential(*options_.bearer_file);
    if (options_.ca_file) request.ca_file = options_.ca_file->string();
    return request;
  }

  const std::string source_;
  const HttpJsonOptions options_;
  const std::shared_ptr<NameResolver> names_;
  const HttpUrl url_;
  const HttpJsonReader reader_;
  const std::vector<HttpUrl> urls_;
  std::unique_ptr<HttpClient> client_;
  RecentErrors recent_errors_;
  MissingFields missing_fields_;
};

/// One reading: looks up the host's name, then gets one document after the other.
class HttpJsonProbe::Reading : public ProbeOperation {
 public:
  Reading(HttpJsonProbe& probe, Deadline deadline) : probe_(probe), deadline_(deadline) {}
  ~Reading() override {
    // Close the descriptors of a target that cannot be read; its next reading opens new ones.
    if (!is_done_) probe_.client_.reset();
  }

  std::optional<IoWait> advance(TimePoint now) override {
    now_ = now;
    try {
      return go_on();
    } catch (const DriverError& error) {
      throw DriverError(error.kind(), of_target(error.what()));
    } catch (const Error& error) {
      throw Error(of_target(error.what()));
    }
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
  enum class Step { begin, look_up, ask, receive };

  std::optional<IoWait> go_on() {
    if (step_ == Step::begin) begin();
    if (step_ == Step::look_up) {
      if (const auto wait = look_up()) return wait;
    }
    while (documents_.size() < probe_.urls_.size()) {
      if (step_ == Step::ask) probe_.client_->start(probe_.request(url(), addresses_));
      step_ = Step::receive;
      if (const auto wait = probe_.client_->advance(now_, deadline_)) return wait;
      step_ = Step::ask;
      keep(probe_.client_->take());
    }
    read();
    is_done_ = true;
    return std::nullopt;
  }

  void begin() {
    if (probe_.client_ == nullptr) probe_.client_ = std::make_unique<HttpClient>();
    const std::string& host = probe_.url_.host;
    const bool is_address = host.starts_with('[') || numeric_address(host);
    if (!is_address) lookup_ = probe_.names_->look_up(host);
    step_ = is_address ? Step::ask : Step::look_up;
  }

  std::optional<IoWait> look_up() {
    const auto found = lookup_->result();
    if (!found) {
      if (!deadline_.passed(now_)) return IoWait{lookup_->fd(), POLLIN, deadline_.when()};
      throw DriverError(ErrorKind::timeout, "its host name was not found in time");
    }
    lookup_.reset();
    if (!found->problem.empty())
      throw DriverError(ErrorKind::connect, "cannot look up its host name: " + found->problem);
    addresses_ = found->numeric;
    step_ = Step::ask;
    return std::nullopt;
  }

  void keep(HttpResponse response) {
    const std::string problem = problem_of(response.status);
    const bool refused = response.status == 401 || response.status == 403;
    if (!problem.empty()) throw DriverError(refused ? ErrorKind::authentication : ErrorKind::other, problem);
    is_unavailable_ = is_unavailable_ || response.status == 503;
    documents_.push_back(std::move(response.body));
  }

  void read() {
    try {
      reading_ = probe_.reader_.read(probe_.source_, documents_);
    } catch (const Error&) {
      if (is_unavailable_) throw DriverError(ErrorKind::other, "it answered 503");
      throw;
    }
  }

  const HttpUrl& url() const { return probe_.urls_[std::min(documents_.size(), probe_.urls_.size() - 1)]; }
  std::string of_target(const char* what) const { return "cannot read " + url().shown + ": " + what; }

  HttpJsonProbe& probe_;
  const Deadline deadline_;
  TimePoint now_;  // when the present step began
  Step step_ = Step::begin;
  std::optional<NameLookup> lookup_;
  std::vector<std::string> addresses_;
  std::vector<std::string> documents_;
  bool is_unavailable_ = false, is_done_ = false;
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

std::string http_credential_problem(const std::filesystem::path& file) {
  try {
    read_credential(file, "the file");
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

std::string http_json_problem(const HttpJsonOptions& options) {
  try {
    urls_of(read_http_url(options.url), HttpJsonReader(options));
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace dbpool
