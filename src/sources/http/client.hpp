#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbpool/pool/driver.hpp"
#include "sources/http/url.hpp"
#include "sync/descriptor.hpp"

namespace dbpool {

/// A request for one document.
struct HttpRequest {
  HttpUrl url;
  std::vector<std::string> addresses;      ///< addresses of the host's name; empty if the host is an address
  std::string username, password, bearer;  ///< empty = none
  std::string ca_file;  ///< certificates to trust instead of the system's; "" = the system's
};

struct HttpResponse {
  long status = 0;
  std::string body;
};

/// An HTTP client on libcurl that never waits: its caller watches the descriptor that it returns. One request
/// and one thread at a time. Keeps a connection to the server for the next request. Does not follow
/// redirects, use proxies or look up names.
class HttpClient {
 public:
  static constexpr std::size_t max_bytes = 8 << 20;  ///< of headers and inflated body; more is an error

  /// throws DriverError (other) when no descriptor is left.
  HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  /// Starts a request. Does not block. Abandons a request in progress.
  void start(const HttpRequest& request);
  /// Advances without waiting; `now` is the time. Returns what to wait for; nullopt when the answer is
  /// complete. throws DriverError, whose text describes the failure; the caller adds the server.
  std::optional<IoWait> advance(TimePoint now, Deadline deadline);
  /// Returns the answer. REQUIRES: `advance()` returned nullopt.
  HttpResponse take();
  /// Ends a request in progress and its connection.
  void abandon() noexcept;

 private:
  struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* of_socket);
  static int on_timer(CURLM* multi, long milliseconds, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);

  template <typename Value>
  void set(CURLoption option, Value value);
  void set_where_to(const HttpRequest& request);
  void set_who(const HttpRequest& request);
  bool act();
  std::optional<CURLcode> result();
  [[noreturn]] void fail(CURLcode code);

  Descriptor epoll_;
  CURLM* multi_;
  CURL* easy_ = nullptr;
  std::unique_ptr<curl_slist, FreeList> resolved_, headers_;
  TimePoint now_;  // when the present step began
  TimePoint timer_ = TimePoint::max();
  std::size_t received_ = 0;
  HttpResponse response_;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace dbpool
