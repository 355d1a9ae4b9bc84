#include "sources/http/client.hpp"

#include <poll.h>
#include <sys/epoll.h>

#include <algorithm>
#include <new>
#include <system_error>

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

curl_slist* appended(curl_slist* list, const std::string& text) {
  curl_slist* const longer = curl_slist_append(list, text.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  return longer;
}

/// Returns the addresses of a host in the form of CURLOPT_RESOLVE, so that libcurl does not look them up.
std::string resolved(const HttpUrl& url, const std::vector<std::string>& addresses) {
  std::string entry = url.host + ":" + url.port + ":";
  const char* separator = "";
  for (const std::string& address : addresses) {
    const bool is_v6 = address.find(':') != std::string::npos;
    entry.append(separator).append(is_v6 ? "[" + address + "]" : address);
    separator = ",";
  }
  return entry;
}

int refuse_to_resolve(void*, void*, void*) {
  return 1;
}

ErrorKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return ErrorKind::connect;
    default:
      return ErrorKind::network;
  }
}

constexpr const char* not_inflated =
    "its answer has a Content-Encoding that is not understood, or is not what it says; allowed: gzip";
constexpr const char* too_large = "its answer is larger than 8 MiB";

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

void HttpClient::start(const HttpRequest& request) {
  abandon();
  easy_ = curl_easy_init();
  if (easy_ == nullptr) throw std::bad_alloc();
  response_ = {};
  received_ = 0;
  error_[0] = '\0';
  set_where_to(request);
  set_who(request);
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_ACCEPT_ENCODING, "gzip");  // libcurl inflates; on_body counts the inflated bytes
  set(CURLOPT_MAXFILESIZE, static_cast<long>(max_bytes));
  set(CURLOPT_ERRORBUFFER, error_.data());
  set(CURLOPT_NOSIGNAL, 1L);
  if (curl_multi_add_handle(multi_, easy_) != CURLM_OK) throw std::bad_alloc();
}

std::optional<IoWait> HttpClient::advance(TimePoint now, Deadline deadline) {
  now_ = now;
  if (deadline.passed(now)) {
    abandon();
    throw DriverError(ErrorKind::timeout, "no complete answer in time");
  }
  const bool acted = act();
  if (const auto code = result()) {
    if (*code != CURLE_OK) fail(*code);
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &response_.status);
    abandon();
    return std::nullopt;
  }
  // After each action a new step compares the time with the deadline: an answer may have no end.
  return IoWait{epoll_.get(), POLLIN, acted ? now : std::min(timer_, deadline.when())};
}

HttpResponse HttpClient::take() {
  return std::move(response_);
}

void HttpClient::abandon() noexcept {
  if (easy_ == nullptr) return;
  curl_multi_remove_handle(multi_, easy_);
  curl_easy_cleanup(easy_);
  easy_ = nullptr;
}

template <typename Value>
void HttpClient::set(CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy_, option, value);
  if (code != CURLE_OK) throw DriverError(ErrorKind::other, curl_easy_strerror(code));
}

void HttpClient::set_where_to(const HttpRequest& request) {
  set(CURLOPT_URL, request.url.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");  // otherwise libcurl would look up a proxy's name on its own threads
  resolved_.reset();
  if (!request.addresses.empty()) {
    resolved_.reset(appended(nullptr, resolved(request.url, request.addresses)));
    set(CURLOPT_RESOLVE, resolved_.get());
    set(CURLOPT_RESOLVER_START_FUNCTION, refuse_to_resolve);
  }
  if (request.ca_file.empty()) return;
  set(CURLOPT_CAINFO, request.ca_file.c_str());
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  set(CURLOPT_CA_CACHE_TIMEOUT, 0L);  // the next connect reads a renewed file
}

void HttpClient::set_who(const HttpRequest& request) {
  headers_.reset(appended(nullptr, "Accept: application/json"));
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_USERAGENT, "dbpool_exporter");
  if (!request.bearer.empty()) {
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
    set(CURLOPT_XOAUTH2_BEARER, request.bearer.c_str());
  } else if (!request.username.empty() || !request.password.empty()) {
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(CURLOPT_USERNAME, request.username.c_str());
    set(CURLOPT_PASSWORD, request.password.c_str());
  }
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
    if (message->msg == CURLMSG_DONE && message->easy_handle == easy_) return message->data.result;
  }
  return std::nullopt;
}

void HttpClient::fail(CURLcode code) {
  long os_error = 0;
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
  std::string text = curl_easy_strerror(code);
  // libcurl's longer texts contain elapsed milliseconds, so no two would be the same.
  const bool is_tls = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR;
  if (is_tls && error_[0] != '\0') text = error_.data();
  if (code == CURLE_COULDNT_CONNECT && os_error != 0) {
    text += ": " + std::generic_category().message(static_cast<int>(os_error));
  }
  if (code == CURLE_BAD_CONTENT_ENCODING) text = not_inflated;
  if (code == CURLE_FILESIZE_EXCEEDED || received_ > max_bytes) text = too_large;
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
  auto& client = *static_cast<HttpClient*>(self);
  client.received_ += size * count;
  if (client.received_ > max_bytes) return 0;
  client.response_.body.append(bytes, size * count);
  return size * count;
}

std::size_t HttpClient::on_header(char* /*bytes*/, std::size_t size, std::size_t count, void* self) {
  auto& client = *static_cast<HttpClient*>(self);
  client.received_ += size * count;
  return client.received_ > max_bytes ? 0 : size * count;
}

}  // namespace dbpool
