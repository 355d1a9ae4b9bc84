#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/name_resolver.hpp"
#include "sources/http/client.hpp"
#include "sources/http/request.hpp"
#include "sources/http/url.hpp"

namespace dbpool {

/// The server that a source reads. Keeps a connection to it from one reading to the next. One thread at a
/// time.
class HttpTarget {
 public:
  /// throws Error for a URL that is not valid.
  HttpTarget(HttpOptions options, const HttpDocument& document, std::shared_ptr<NameResolver> names);

  const HttpUrl& url() const noexcept { return url_; }

 private:
  friend class HttpFetch;

  const HttpOptions options_;
  const HttpUrl url_;
  const HttpDocument document_;
  const std::shared_ptr<NameResolver> names_;
  std::unique_ptr<HttpClient> client_;
};

/// The requests of one reading: looks up the host's name, then gets one document after the other.
class HttpFetch {
 public:
  /// REQUIRES: the target outlives it.
  HttpFetch(HttpTarget& target, Deadline deadline) : target_(target), deadline_(deadline) {}
  HttpFetch(const HttpFetch&) = delete;
  HttpFetch& operator=(const HttpFetch&) = delete;
  /// Closes the descriptors of a target that could not be read; its next reading opens new ones.
  ~HttpFetch();

  /// Advances the request for `url`, whose answer goes to `sink`, and starts it if necessary. Returns what to
  /// wait for before the next call with the same arguments; nullopt when the sink has the whole answer.
  /// throws Error, also the sink's, with the document in its text.
  std::optional<IoWait> get(const HttpUrl& url, HttpSink& sink, TimePoint now);

 private:
  enum class Step { begin, look_up, ask, receive };

  std::optional<IoWait> go_on(const HttpUrl& url, HttpSink& sink, TimePoint now);
  void begin();
  std::optional<IoWait> look_up(TimePoint now);

  HttpTarget& target_;
  const Deadline deadline_;
  Step step_ = Step::begin;
  std::optional<NameLookup> lookup_;
  std::vector<std::string> addresses_;
};

/// Runs `work` and adds the document to the text of an Error that it throws.
template <typename Work>
auto naming(const HttpUrl& document, Work work) {
  const auto text = [&](const Error& error) { return "cannot read " + document.shown + ": " + error.what(); };
  try {
    return work();
  } catch (const DriverError& error) {
    throw DriverError(error.kind(), text(error));
  } catch (const Error& error) {
    throw Error(text(error));
  }
}

/// Returns the error for a status whose answer is no document of `kind`, such as "metrics"; nullopt if it may
/// be one. A 503 is an error.
std::optional<DriverError> status_error(long status, std::string_view kind);

}  // namespace dbpool
