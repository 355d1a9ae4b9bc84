#include "web/http1/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <exception>
#include <string_view>
#include <utility>

#include "web/client_limits.hpp"
#include "web/request_policy.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

constexpr auto head_patience = 2s;
constexpr auto request_patience = 10s;
constexpr auto close_patience = 2s;

constexpr int most_slow_admissions = 8;
constexpr std::size_t light_bytes = std::size_t{256} << 10U;

std::string_view reason_phrase(int status) {
  struct Reason {
    int status;
    std::string_view phrase;
  };
  constexpr auto reasons = std::to_array<Reason>({{200, "OK"},
                                                  {400, "Bad Request"},
                                                  {401, "Unauthorized"},
                                                  {403, "Forbidden"},
                                                  {404, "Not Found"},
                                                  {405, "Method Not Allowed"},
                                                  {413, "Content Too Large"},
                                                  {415, "Unsupported Media Type"},
                                                  {431, "Request Header Fields Too Large"},
                                                  {500, "Internal Server Error"},
                                                  {503, "Service Unavailable"},
                                                  {505, "HTTP Version Not Supported"}});
  for (const Reason& reason : reasons) {
    if (reason.status == status) return reason.phrase;
  }
  return "Unknown";
}

/// Returns whether a request is answered so fast that no other task waits for long. A compressed body may be
/// a thousand times larger than it looks.
bool is_light(const RequestReader::Read& request) {
  return !is_gzip(request.admitted.head()) && request.body.text.size() <= light_bytes;
}

}  // namespace

HttpConnection::HttpConnection(Descriptor socket, OpenConnections::Place place,
                               std::shared_ptr<HttpService> service)
    : socket_(std::move(socket)),
      place_(std::move(place)),
      service_(std::move(service)),
      began_(service_->runtime.clock->now()),
      until_(began_ + head_patience),
      reader_([&responder = service_->responder](Request head) { return responder.admit(std::move(head)); },
              service_->is_slow) {}

void HttpConnection::start() {
  wait(POLLIN, &HttpConnection::receive);
}

/// Without memory the client is disconnected.
void HttpConnection::run(Step step) noexcept {
  try {
    (this->*step)();
  } catch (const std::exception&) {
    ::shutdown(socket_.get(), SHUT_RDWR);
  }
}

void HttpConnection::wait(short events, Step next) {
  service_->runtime.scheduler->when({socket_.get(), events, until_},
                                    [self = shared_from_this(), next] { self->run(next); });
}

bool HttpConnection::is_over() const {
  return service_->runtime.clock->now() >= until_;
}

void HttpConnection::receive() {
  std::array<char, 32768> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): recv writes it
  const ssize_t n = ::recv(socket_.get(), piece.data(), piece.size(), 0);
  std::optional<RequestReader::Outcome> outcome;
  if (n > 0) outcome = reader_.feed({piece.data(), static_cast<std::size_t>(n)});
  const bool has_ended = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
  if (!outcome && (has_ended || is_over())) {
    if (place_.is_evicted()) return;
    outcome = reader_.end(has_ended ? BodyEnd::incomplete : BodyEnd::too_slow);
    if (!outcome) return;
  }
  if (outcome) return go_on(std::move(*outcome));
  receive_on();
}

void HttpConnection::receive_on() {
  if (reader_.has_head()) {
    until_ = began_ + request_patience;
    ask_for_body();
  }
  wait(POLLIN, &HttpConnection::receive);
}

void HttpConnection::ask_for_body() {
  if (std::exchange(has_asked_, true) || !reader_.waits_to_be_asked()) return;
  constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  ::send(socket_.get(), go_on.data(), go_on.size(), MSG_NOSIGNAL);
}

void HttpConnection::go_on(RequestReader::Outcome outcome) {
  if (const auto* const refusal = std::get_if<Response>(&outcome)) return begin_answer(*refusal);
  if (std::holds_alternative<RequestReader::Unadmitted>(outcome)) return admit_slowly();
  request_ = std::move(std::get<RequestReader::Read>(outcome));
  place_.work();
  if (is_light(*request_)) return answer();
  service_->runtime.scheduler->post_blocking(
      [self = shared_from_this()] { self->run(&HttpConnection::answer); }, service_.get());
}

void HttpConnection::admit_slowly() {
  if (++service_->slow_admissions > most_slow_admissions) {
    --service_->slow_admissions;
    return begin_answer(come_again("too many logins are being checked"));
  }
  place_.work();
  paused_ = service_->runtime.clock->now();
  const auto task = [self = shared_from_this()] {
    self->run(&HttpConnection::admit_now);
    --self->service_->slow_admissions;
  };
  service_->runtime.scheduler->post_blocking(task, &service_->slow_admissions);
}

void HttpConnection::admit_now() {
  auto outcome = reader_.admit_now();
  place_.wait();
  began_ += service_->runtime.clock->now() - paused_;
  if (outcome) return go_on(std::move(*outcome));
  receive_on();
}

void HttpConnection::answer() {
  const Response response =
      service_->responder.answer(std::move(request_->admitted), std::move(request_->body));
  place_.wait();
  begin_answer(response);
}

void HttpConnection::begin_answer(const Response& response) {
  answer_ = head_of(response, reason_phrase(response.status), std::time(nullptr));
  if (!reader_.is_for_head_only()) answer_ += response.body;
  until_ = service_->runtime.clock->now() + answer_patience(answer_.size());
  send();
}

void HttpConnection::send() {
  const ssize_t n = ::send(socket_.get(), answer_.data() + sent_, answer_.size() - sent_, MSG_NOSIGNAL);
  if (n > 0) sent_ += static_cast<std::size_t>(n);
  if (n < 0 && errno != EAGAIN && errno != EINTR) return;
  if (sent_ < answer_.size()) {
    if (!is_over()) wait(POLLOUT, &HttpConnection::send);
    return;
  }
  ::shutdown(socket_.get(), SHUT_WR);
  until_ = service_->runtime.clock->now() + close_patience;
  wait(POLLIN, &HttpConnection::discard);
}

/// Reads what the client still sends: to close a socket with unread bytes would take the answer away from it.
void HttpConnection::discard() {
  std::array<char, 32768> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): recv writes it
  const ssize_t n = ::recv(socket_.get(), piece.data(), piece.size(), 0);
  const bool has_ended = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
  if (!has_ended && !is_over()) wait(POLLIN, &HttpConnection::discard);
}

}  // namespace dbpool
