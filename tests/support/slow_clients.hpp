#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace dbpool {

/// How a client wastes a server's time.
enum class Slowness {
  silent,          ///< connects and says nothing
  drips_head,      ///< sends a header one byte at a time, without end
  drips_body,      ///< promises a body and sends it one byte at a time
  hardly_reads,    ///< asks for the metrics and takes them one byte at a time
  reads_steadily,  ///< asks for the metrics and takes 160 KB of them a second
};

/// Hostile clients of one server on a loopback port: each is slow in its way for as long as the server lets
/// it, and connects anew when it is hung up on. A thread of its own drives them, and ends with the object.
class SlowClients {
 public:
  /// Client i is slow in the way `ways[i % ways.size()]`.
  SlowClients(std::uint16_t port, int count, std::vector<Slowness> ways);
  SlowClients(const SlowClients&) = delete;
  SlowClients& operator=(const SlowClients&) = delete;
  ~SlowClients();

  /// How often one was hung up on.
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
