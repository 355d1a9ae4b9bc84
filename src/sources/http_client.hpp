#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbpool/pool/driver.hpp"
#include "sources/http_url.hpp"
#include "sync/descriptor.hpp"

namespace dbpool {

/// One document to get.
struct HttpRequest {
  HttpUrl url;
  std::vector<std::string> addresses;      ///< what the host's name stands for; none where it is an address
  std::string username, password, bearer;  ///< empty = none
  std::string ca_file;  ///< to trust instead of the system's certificates; "" = the system's
};

struct HttpResponse {
  long status = 0;
  std::string body;
};

/// Gets documents by libcurl without ever waiting: what it waits for is a descriptor that its caller watches.
/// One request and one thread at a time. It keeps a connection to the server for the next request. Redirects
/// are not followed, proxies not used, names not looked up.
class HttpClient {
 public:
  static constexpr std::size_t max_bytes = 8 << 20;  ///< of an answer; a larger one is an error

  /// throws DriverError (other) when the system gives no descriptor.
  HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  /// Begins a request. Does not block. The one before it is abandoned if it is still under way.
  void start(const HttpRequest& request);
  /// Goes as far as it can without waiting. Returns what to wait for, nullopt when the answer is complete.
  /// throws DriverError, whose text says what happened but not to whom.
  std::optional<IoWait> advance(Deadline deadline);
  /// REQUIRES: `advance()` returned nullopt.
  HttpResponse take();
  /// Ends a request that is under way, and its connection.
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
  TimePoint timer_ = TimePoint::max();
  std::size_t received_ = 0;
  HttpResponse response_;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace dbpool
