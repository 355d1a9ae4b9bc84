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

/// The faults that a ChaosProxy injects.
enum class Chaos {
  pass,        ///< forwards it
  refuse,      ///< resets every connection and stops listening
  black_hole,  ///< forwards nothing, and the kernel drops connection requests
  silent,      ///< accepts connections and requests and never answers
  reset,       ///< resets every connection, and new ones on their first bytes
  garbage,     ///< answers every request with bytes of no protocol
  drip,        ///< forwards answers one byte every 20 ms
  cut,         ///< forwards the first 20 bytes of the answers on a connection and closes it
};

/// A proxy on a loopback port in front of a server on another, which disturbs the traffic on command. Any
/// thread may call it; its own thread does the work and ends in the destructor.
class ChaosProxy {
 public:
  /// throws std::system_error if no port is free.
  explicit ChaosProxy(std::uint16_t target);
  ChaosProxy(const ChaosProxy&) = delete;
  ChaosProxy& operator=(const ChaosProxy&) = delete;
  ~ChaosProxy();

  std::uint16_t port() const noexcept { return port_; }
  /// Returns a libpq connection string for PostgreSQL's superuser through this proxy.
  std::string dsn() const;

  /// Takes effect before it returns, for existing and new connections.
  void inject(Chaos chaos);
  /// The same as inject(Chaos::pass). Resets connections that were not forwarded from their beginning.
  void heal() { inject(Chaos::pass); }

  /// Returns the number of open client connections.
  std::size_t open_connections() const;

 private:
  struct Link {
    int client;
    int server;            ///< -1: none, because nothing was forwarded at the time
    std::string dripping;  ///< the server's bytes that are still to be forwarded
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

  mutable std::mutex mutex_;  // guards the following members
  Chaos chaos_ = Chaos::pass;
  std::uint64_t changes_ = 0;
  bool stopping_ = false;
  std::vector<Link> links_;
  std::vector<int> fillers_;  // the proxy's own connections that keep the queue full
  std::chrono::steady_clock::time_point last_drip_;

  std::thread thread_;
};

}  // namespace dbpool
