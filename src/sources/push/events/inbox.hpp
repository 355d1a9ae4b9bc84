#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace dbpool {

/// Where datagrams come in: a path or a UDP port. It does not block. The destructor closes it.
class Inbox {
 public:
  virtual ~Inbox() = default;

  virtual int descriptor() const noexcept = 0;
  /// Returns what is open, as the page shows it: a path, or `127.0.0.1:8125`.
  virtual const std::string& address() const noexcept = 0;
  /// Returns the size in bytes of the buffer that the system gave for datagrams that wait.
  std::size_t buffer() const noexcept;
  /// Returns whether senders can still find it. A path may be removed, or replaced by another one.
  virtual bool is_in_place() const { return true; }
  /// Removes the path of its own from the file system. Senders find it no more.
  virtual void remove() noexcept {}
  /// Returns whether the system counts the datagrams that found no room. On a path, senders wait instead.
  virtual bool counts_drops() const noexcept { return false; }
};

struct PathOptions {
  std::string path;        ///< 1 to 107 bytes
  unsigned mode = 0660;    ///< permissions of the socket
  std::string group = {};  ///< its group; "" = that of this process
};

/// Opens a Unix datagram socket. A socket on the path that no process has open is replaced. throws Error:
/// another process receives there, the path is not a socket, its directory does not exist, the group is not
/// known, or the system refuses.
std::unique_ptr<Inbox> open_path_inbox(const PathOptions& options);

struct UdpOptions {
  std::string host = "127.0.0.1";  ///< an address, or `localhost`, which is 127.0.0.1
  std::uint16_t port = 8125;       ///< 0 = the system chooses
};

/// Opens a UDP port. throws Error: the host is not an address, or the system refuses.
std::unique_ptr<Inbox> open_udp_inbox(const UdpOptions& options);

}  // namespace dbpool
