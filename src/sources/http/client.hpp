#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dbpool/pool/driver.hpp"
#include "net/gunzip.hpp"
#include "sources/http/easy_handle.hpp"
#include "sources/http/request.hpp"
#include "sync/descriptor.hpp"

namespace dbpool {

/// What precedes the body of an answer.
struct HttpHead {
  long status = 0;
  std::string content_type;  ///< "" = the answer has none
  /// Whether the answer has a length or chunks, so that one that is cut off is an error of the transfer.
  bool has_end = false;
};

/// Receives an answer in pieces. An exception ends the request and reaches the caller of
/// `HttpClient::advance`.
class HttpSink {
 public:
  virtual ~HttpSink() = default;
  /// Called once for each answer, before its first piece.
  virtual void begin(const HttpHead& head) = 0;
  /// Called for each piece of the inflated body, in order. A piece has at most 16 KiB.
  virtual void receive(std::string_view piece) = 0;
};

/// An HTTP client on libcurl that never waits: its caller watches the descriptor that it returns. One request
/// and one thread at a time. Keeps a connection to the server for the next request. Does not follow
/// redirects, use proxies or look up names. Keeps nothing of the body, except while the sink rests between
/// two steps: then libcurl keeps its last 16 KiB, not inflated.
class HttpClient {
 public:
  /// The sink receives about this many bytes in one step, so that a long answer leaves the thread to others.
  static constexpr std::size_t bytes_a_step = std::size_t{256} << 10U;
  static constexpr std::size_t max_head_bytes = std::size_t{256} << 10U;  ///< of headers; more is an error

  /// throws DriverError (other) when no descriptor is left.
  HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  /// Starts a request. Does not block. Abandons a request in progress. REQUIRES: `sink` outlives the request.
  void start(const HttpRequest& request, HttpSink& sink);
  /// Advances without waiting; `now` is the time. Returns what to wait for; nullopt when the sink has the
  /// whole answer. throws DriverError, whose text describes the failure; the caller adds the server.
  std::optional<IoWait> advance(TimePoint now, Deadline deadline);
  /// Ends a request in progress and its connection.
  void abandon() noexcept;

 private:
  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* of_socket);
  static int on_timer(CURLM* multi, long milliseconds, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);

  bool act();
  bool resume();
  std::optional<CURLcode> result();
  std::size_t deliver(std::string_view raw);
  bool pass_on(std::string_view raw);
  void begin();
  void finish();
  DriverError described(const GzipError& error) const;
  [[noreturn]] void fail(CURLcode code);

  Descriptor epoll_;
  CURLM* multi_;
  std::optional<EasyHandle> easy_;
  HttpSink* sink_ = nullptr;
  TimePoint now_;  // when the present step began
  TimePoint timer_ = TimePoint::max();
  std::unique_ptr<Gunzip> gunzip_;            // only of a compressed answer
  std::size_t max_bytes_ = 0, received_ = 0;  // of the inflated body
  std::size_t of_step_ = 0;                   // of the inflated body, in the present step
  std::size_t of_piece_ = 0;                  // read of the piece that libcurl delivers again after a pause
  std::size_t of_head_ = 0;
  bool has_begun_ = false, is_paused_ = false;
  std::exception_ptr refusal_;  // what ends the request; it must not pass through libcurl
};

}  // namespace dbpool
