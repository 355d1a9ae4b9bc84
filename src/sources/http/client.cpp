#include "sources/http/client.hpp"

#include <poll.h>
#include <sys/epoll.h>

#include <algorithm>
#include <initializer_list>
#include <new>
#include <system_error>
#include <utility>

#include "model/ascii.hpp"

namespace dbpool {
namespace {

void initialize_libcurl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw DriverError(ErrorKind::other, curl_easy_strerror(code));
}

Descriptor new_epoll() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw DriverError(ErrorKind::other, "no file descriptor left");
  return Descriptor(fd);
}

ErrorKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      return ErrorKind::connect;
    default:
      return ErrorKind::network;
  }
}

/// Returns whether the answer has a header.
bool answered(CURL* easy, const char* header) {
  curl_header* found = nullptr;
  return curl_easy_header(easy, header, 0, CURLH_HEADER, -1, &found) == CURLHE_OK;
}

/// Returns whether a header says that the body is coded so, by one of the names of the coding. throws
/// DriverError for any other coding.
bool is_coded(CURL* easy, const char* header, std::initializer_list<std::string_view> names) {
  bool is_it = false;
  curl_header* found = nullptr;
  for (std::size_t i = 0; curl_easy_header(easy, header, i, CURLH_HEADER, -1, &found) == CURLHE_OK; ++i) {
    const auto is = [&](std::string_view name) { return same_but_for_case(found->value, name); };
    if (is("") || is("identity")) continue;
    if (is_it || std::ranges::none_of(names, is)) {
      throw DriverError(ErrorKind::network,
                        std::string("its answer has a ") + header +
                            " that is not understood; allowed: " + std::string(*names.begin()));
    }
    is_it = true;
  }
  return is_it;
}

std::string too_large(std::size_t max_bytes) {
  return "its answer is larger than " + std::to_string(max_bytes >> 20U) + " MiB";
}

}  // namespace

HttpClient::HttpClient() : epoll_(new_epoll()), multi_((initialize_libcurl(), curl_multi_init())) {
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L);
}

HttpClient::~HttpClient() {
  abandon();
  curl_multi_cleanup(multi_);
}

void HttpClient::start(const HttpRequest& request, HttpSink& sink) {
  abandon();
  easy_.emplace(request);
  sink_ = &sink;
  max_bytes_ = request.document.max_bytes;
  of_head_ = received_ = of_step_ = of_piece_ = 0;
  has_begun_ = is_paused_ = false;
  refusal_ = nullptr;
  easy_->set(CURLOPT_WRITEFUNCTION, on_body);
  easy_->set(CURLOPT_WRITEDATA, this);
  easy_->set(CURLOPT_HEADERFUNCTION, on_header);
  easy_->set(CURLOPT_HEADERDATA, this);
  if (curl_multi_add_handle(multi_, easy_->get()) != CURLM_OK) throw std::bad_alloc();
}

std::optional<IoWait> HttpClient::advance(TimePoint now, Deadline deadline) {
  now_ = now;
  if (deadline.passed(now)) {
    abandon();
    throw DriverError(ErrorKind::timeout, "no complete answer in time");
  }
  of_step_ = 0;
  const bool acted = resume() || act();
  if (const auto code = result()) {
    if (*code != CURLE_OK) fail(*code);
    finish();
    abandon();
    return std::nullopt;
  }
  // After each action a new step compares the time with the deadline: an answer may have no end.
  return IoWait{epoll_.get(), POLLIN, acted || is_paused_ ? now : std::min(timer_, deadline.when())};
}

void HttpClient::abandon() noexcept {
  if (!easy_) return;
  curl_multi_remove_handle(multi_, easy_->get());
  easy_.reset();
  gunzip_.reset();
}

/// Lets a paused transfer go on, with what libcurl has kept meanwhile. Returns whether there was one.
bool HttpClient::resume() {
  if (!is_paused_) return false;
  is_paused_ = false;
  const CURLcode code = curl_easy_pause(easy_->get(), CURLPAUSE_CONT);
  if (code != CURLE_OK) fail(code);
  return true;
}

/// Reports ready descriptors and a due timer to libcurl. Returns whether there were any.
bool HttpClient::act() {
  int running = 0;
  std::array<epoll_event, 8> events{};
  const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < ready; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    int what = 0;
    if ((event.events & (EPOLLIN | EPOLLHUP)) != 0) what |= CURL_CSELECT_IN;
    if ((event.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
    if ((event.events & EPOLLERR) != 0) what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(multi_, event.data.fd, what, &running);
  }
  const bool is_time = timer_ <= now_;
  if (is_time) {
    timer_ = TimePoint::max();
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
  return ready > 0 || is_time;
}

std::optional<CURLcode> HttpClient::result() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg == CURLMSG_DONE && message->easy_handle == easy_->get()) return message->data.result;
  }
  return std::nullopt;
}

void HttpClient::begin() {
  has_begun_ = true;
  HttpHead head;
  const char* type = nullptr;
  curl_easy_getinfo(easy_->get(), CURLINFO_RESPONSE_CODE, &head.status);
  curl_easy_getinfo(easy_->get(), CURLINFO_CONTENT_TYPE, &type);
  if (type != nullptr) head.content_type = type;
  const bool is_chunked = is_coded(easy_->get(), "Transfer-Encoding", {"chunked"});
  head.has_end = is_chunked || answered(easy_->get(), "Content-Length");
  sink_->begin(head);
  const bool is_gzip = is_coded(easy_->get(), "Content-Encoding", {"gzip", "x-gzip"});
  if (is_gzip) gunzip_ = std::make_unique<Gunzip>(max_bytes_);
}

void HttpClient::finish() {
  if (!has_begun_) begin();
  if (!gunzip_) return;
  try {
    gunzip_->finish();
  } catch (const GzipError& error) {
    throw described(error);
  }
}

/// Takes a piece of the body. Returns what libcurl expects of a CURLOPT_WRITEFUNCTION.
std::size_t HttpClient::deliver(std::string_view raw) {
  try {
    if (!has_begun_) begin();
    is_paused_ = !pass_on(raw);
    return is_paused_ ? CURL_WRITEFUNC_PAUSE : raw.size();
  } catch (const GzipError& error) {
    refusal_ = std::make_exception_ptr(described(error));
  } catch (...) {
    refusal_ = std::current_exception();
  }
  return CURL_WRITEFUNC_ERROR;
}

/// Hands what a piece inflates to to the sink. Returns false when the step has had its share before the end.
bool HttpClient::pass_on(std::string_view raw) {
  std::string_view rest = raw.substr(std::min(of_piece_, raw.size()));
  while (of_step_ < bytes_a_step) {
    const auto piece = gunzip_ ? gunzip_->next(rest) : std::exchange(rest, std::string_view());
    if (piece.empty()) {
      of_piece_ = 0;
      return true;
    }
    of_step_ += piece.size();
    received_ += piece.size();
    if (received_ > max_bytes_) throw DriverError(ErrorKind::network, too_large(max_bytes_));
    sink_->receive(piece);
  }
  of_piece_ = raw.size() - rest.size();
  return false;
}

DriverError HttpClient::described(const GzipError& error) const {
  const bool is_too_large = error.fault() == GzipFault::too_large;
  return {ErrorKind::network,
          is_too_large ? too_large(max_bytes_) : std::string("its answer ") + error.what()};
}

void HttpClient::fail(CURLcode code) {
  if (refusal_) {
    abandon();
    std::rethrow_exception(std::exchange(refusal_, nullptr));
  }
  long os_error = 0;
  curl_easy_getinfo(easy_->get(), CURLINFO_OS_ERRNO, &os_error);
  std::string text = curl_easy_strerror(code);
  // libcurl's longer texts contain elapsed milliseconds, so no two would be the same.
  const bool is_tls = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR;
  if (is_tls && *easy_->words() != '\0') text = easy_->words();
  if (code == CURLE_COULDNT_CONNECT && os_error != 0) {
    text += ": " + std::generic_category().message(static_cast<int>(os_error));
  }
  if (code == CURLE_FILESIZE_EXCEEDED) text = too_large(max_bytes_);
  abandon();
  throw DriverError(kind_of(code), text);
}

int HttpClient::on_socket(CURL* /*easy*/, curl_socket_t socket, int what, void* self, void* /*of_socket*/) {
  const int epoll = static_cast<HttpClient*>(self)->epoll_.get();
  if (what == CURL_POLL_REMOVE) {
    ::epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nullptr);
    return 0;
  }
  epoll_event event{};
  event.data.fd = socket;
  if (what != CURL_POLL_OUT) event.events |= EPOLLIN;
  if (what != CURL_POLL_IN) event.events |= EPOLLOUT;
  const bool known = ::epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) == 0;
  return known || ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) == 0 ? 0 : -1;
}

int HttpClient::on_timer(CURLM* /*multi*/, long milliseconds, void* self) {
  auto& client = *static_cast<HttpClient*>(self);
  client.timer_ = milliseconds < 0 ? TimePoint::max() : client.now_ + std::chrono::milliseconds(milliseconds);
  return 0;
}

std::size_t HttpClient::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  return static_cast<HttpClient*>(self)->deliver({bytes, size * count});
}

std::size_t HttpClient::on_header(char* /*bytes*/, std::size_t size, std::size_t count, void* self) {
  auto& client = *static_cast<HttpClient*>(self);
  client.of_head_ += size * count;
  if (client.of_head_ <= max_head_bytes) return size * count;
  client.refusal_ = std::make_exception_ptr(
      DriverError(ErrorKind::network, "the headers of its answer are larger than 256 KiB"));
  return 0;
}

}  // namespace dbpool
