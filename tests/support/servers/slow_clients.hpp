#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace dbpool {

/// The ways to waste a server's time.
enum class Slowness {
  silent,          ///< connects and sends nothing
  begins_tls,      ///< sends the first byte of a handshake and nothing more
  drips_head,      ///< sends a header one byte at a time, without end
  drips_body,      ///< announces a body and sends it one byte at a time
  drips_push,      ///< the same, of metrics to a port for pushes
  hardly_reads,    ///< requests the metrics and reads them one byte at a time
  reads_steadily,  ///< requests the metrics and reads 160 KB of them per second
};

/// Hostile clients of one server on a loopback port: each is slow in its way until the server closes the
/// connection, and then reconnects. Their own thread drives them and ends in the destructor.
class SlowClients {
 public:
  /// Client i is slow in the way `ways[i % ways.size()]`.
  SlowClients(std::uint16_t port, int count, std::vector<Slowness> ways);
  SlowClients(const SlowClients&) = delete;
  SlowClients& operator=(const SlowClients&) = delete;
  ~SlowClients();

  /// Returns how many connections the server has closed.
  int hung_up() const noexcept { return hung_up_; }

 private:
  struct Client {
    Slowness way;
    int socket = -1;
  };

  void connect(Client& client) const;
  void go_on(Client& client);
  void run();

  const std::uint16_t port_;
  std::vector<Client> clients_;
  std::atomic<int> hung_up_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace dbpool
