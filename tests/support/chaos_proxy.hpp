#pragma once

#include <poll.h>
#include <sys/eventfd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dbpool {

/// What a ChaosProxy does with the traffic of a server.
enum class Chaos {
  pass,        ///< forwards it
  refuse,      ///< resets who is connected, and nobody listens any more
  black_hole,  ///< nothing arrives on either side, and the kernel drops what knocks
  silent,      ///< takes connections and requests and never answers
  reset,       ///< resets who is connected, and whoever connects when he speaks
  garbage,     ///< answers every request with what is no protocol
  drip,        ///< forwards answers one byte every 20 ms
  cut,         ///< forwards the first 20 bytes of the answers on a connection and closes it
};

/// Stands on a loopback port in front of a server on another, and mistreats the traffic on command. Any
/// thread may call it; a thread of its own does the work and ends with the object.
class ChaosProxy {
 public:
  /// throws std::system_error when there is no port.
  explicit ChaosProxy(std::uint16_t target);
  ChaosProxy(const ChaosProxy&) = delete;
  ChaosProxy& operator=(const ChaosProxy&) = delete;
  ~ChaosProxy();

  std::uint16_t port() const noexcept { return port_; }
  /// A libpq connection string for PostgreSQL's superuser that leads here.
  std::string dsn() const;

  /// From the return of the call on, for the connections there are and for new ones.
  void inject(Chaos chaos);
  /// The same as inject(Chaos::pass); connections that were not forwarded from their beginning are reset.
  void heal() { inject(Chaos::pass); }

  /// Connections of clients that are open now.
  std::size_t open_connections() const;

 private:
  struct Link {
    int client;
    int server;            ///< -1: none, for it was made while nothing was forwarded
    std::string dripping;  ///< of the server's answers, still to be forwarded
    std::size_t forwarded = 0;
    bool over = false;
    bool by_reset = false;
  };

  void listen_again();
  void fill_queue();
  void reset_all(bool only_unforwarded);
  bool forwards() const noexcept;
  bool accepts() const noexcept;
  std::vector<pollfd> watch_list() const;
  void run();
  void handle(const std::vector<pollfd>& watched);
  void take_client();
  void from_client(Link& link) const;
  void from_server(Link& link) const;
  void drip(Link& link) const;
  void close_finished();

  const std::uint16_t target_;
  const std::uint16_t port_;
  const int listener_;
  const int wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

  mutable std::mutex mutex_;  // guards what follows
  Chaos chaos_ = Chaos::pass;
  std::uint64_t changes_ = 0;
  bool stopping_ = false;
  std::vector<Link> links_;
  std::vector<int> fillers_;  // connections of its own that keep the queue full
  std::chrono::steady_clock::time_point last_drip_;

  std::thread thread_;
};

}  // namespace dbpool
