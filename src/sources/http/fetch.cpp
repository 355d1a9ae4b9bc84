#include "sources/http/fetch.hpp"

#include <poll.h>

#include <utility>

namespace dbpool {

HttpTarget::HttpTarget(HttpOptions options, const HttpDocument& document, std::shared_ptr<NameResolver> names)
    : options_(std::move(options)),
      url_(read_http_url(options_.url)),
      document_(document),
      names_(std::move(names)) {}

HttpFetch::~HttpFetch() {
  if (step_ != Step::ask) target_.client_.reset();
}

std::optional<IoWait> HttpFetch::get(const HttpUrl& url, HttpSink& sink, TimePoint now) {
  return naming(url, [&] { return go_on(url, sink, now); });
}

std::optional<IoWait> HttpFetch::go_on(const HttpUrl& url, HttpSink& sink, TimePoint now) {
  if (step_ == Step::begin) begin();
  if (step_ == Step::look_up) {
    if (const auto wait = look_up(now)) return wait;
  }
  if (step_ == Step::ask) {
    step_ = Step::receive;
    HttpRequest request = http_request(target_.options_, url, target_.document_);
    request.addresses = addresses_;
    target_.client_->start(request, sink);
  }
  if (const auto wait = target_.client_->advance(now, deadline_)) return wait;
  step_ = Step::ask;
  return std::nullopt;
}

void HttpFetch::begin() {
  if (target_.client_ == nullptr) target_.client_ = std::make_unique<HttpClient>();
  const std::string& host = target_.url_.host;
  const bool is_address = host.starts_with('[') || numeric_address(host);
  if (!is_address) lookup_ = target_.names_->look_up(host);
  step_ = is_address ? Step::ask : Step::look_up;
}

std::optional<IoWait> HttpFetch::look_up(TimePoint now) {
  const auto found = lookup_->result();
  if (!found) {
    if (!deadline_.passed(now)) return IoWait{lookup_->fd(), POLLIN, deadline_.when()};
    throw DriverError(ErrorKind::timeout, "its host name was not found in time");
  }
  lookup_.reset();
  if (!found->problem.empty())
    throw DriverError(ErrorKind::connect, "cannot look up its host name: " + found->problem);
  addresses_ = found->numeric;
  step_ = Step::ask;
  return std::nullopt;
}

std::optional<DriverError> status_error(long status, std::string_view kind) {
  if (status >= 200 && status < 300 && status != 204 && status != 205) return std::nullopt;
  std::string text = "it answered " + std::to_string(status);
  if (status >= 300 && status < 400) {
    text += ", and redirects are not followed";
  } else if (status == 204 || status == 205) {
    text += ", which has no content, not " + std::string(kind) + ": is this the right path?";
  } else if (status == 401 || status == 403) {
    return DriverError(ErrorKind::authentication, text + ": it does not accept these credentials");
  }
  return DriverError(ErrorKind::other, text);
}

}  // namespace dbpool
