#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "dbpool/sync/scheduler.hpp"
#include "sync/descriptor.hpp"
#include "web/http1/listener.hpp"
#include "web/http1/open_connections.hpp"
#include "web/http1/request_reader.hpp"
#include "web/responder.hpp"

namespace dbpool {

/// What the connections of a listener share.
struct HttpService {
  HttpService(HttpSite site, Runtime on, Logger& logger)
      : responder(std::move(site.router), logger), is_slow(std::move(site.is_slow)), runtime(std::move(on)) {}

  Responder responder;
  const RequestReader::IsSlow is_slow;
  const Runtime runtime;
  std::atomic<int> slow_admissions = 0;  ///< that run or wait for a thread
};

/// One connection of a client, for one request: a chain of tasks on the scheduler, which owns it. The client
/// has 2 s for its head, 10 s for head and body, and 2 s (and 1 s more for each MiB) to receive the answer;
/// then the connection is closed when the client has closed its end, after 2 s at the latest. A body that
/// is compressed or has more than 256 KiB is answered by `post_blocking`. So is a request admitted whose
/// admission is slow: at most 8 at once, and a further one is asked to come again. The client's 10 s do not
/// pass meanwhile.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(Descriptor socket, OpenConnections::Place place, std::shared_ptr<HttpService> service);

  /// Begins to wait for the request. Called once, of an object that a shared_ptr owns.
  void start();

 private:
  using Step = void (HttpConnection::*)();

  void run(Step step) noexcept;
  void wait(short events, Step next);
  bool is_over() const;

  void receive();
  void receive_on();
  void go_on(RequestReader::Outcome outcome);
  void admit_slowly();
  void admit_now();
  void ask_for_body();
  void answer();
  void begin_answer(const Response& response);
  void send();
  void discard();

  const Descriptor socket_;
  OpenConnections::Place place_;  // destroyed before the socket
  const std::shared_ptr<HttpService> service_;
  TimePoint began_;   ///< without the time for which the client had to wait
  TimePoint paused_;  ///< when that began
  TimePoint until_;   ///< when the client's time for the present step ends
  RequestReader reader_;
  bool has_asked_ = false;
  std::optional<RequestReader::Read> request_;
  std::string answer_;
  std::size_t sent_ = 0;  ///< bytes of the answer
};

}  // namespace dbpool
