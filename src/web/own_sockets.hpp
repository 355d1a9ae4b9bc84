#pragma once

#include <cstdint>
#include <vector>

#include "sync/descriptor.hpp"
#include "web/web_options.hpp"

namespace dbpool {

/// Sockets for the addresses on which CivetWeb 1.15 cannot listen: of IPv6, Unix sockets, and those that
/// systemd has opened. CivetWeb listens on a placeholder for each, whose descriptor the socket then replaces
/// before the first client.
///
/// systemd keeps its sockets open, and clients that connect between two processes wait there for the next
/// one. So they are never shut down. To stop, CivetWeb's descriptors of them become a bell, on which no
/// client comes; it also wakes CivetWeb's accept loop.
class OwnSockets {
 public:
  /// Opens them. A socket file that a dead process has left is replaced. throws Error: the system refuses an
  /// address, or another process listens there.
  explicit OwnSockets(const std::vector<ListenAddress>& listen);
  OwnSockets(const OwnSockets&) = delete;
  OwnSockets& operator=(const OwnSockets&) = delete;
  /// Removes the socket files, but not systemd's.
  ~OwnSockets();

  /// Returns the addresses for CivetWeb.
  std::vector<ListenAddress> placeholders() const;
  /// Returns the addresses with their ports, without descriptors. `ports`: those on which CivetWeb listens,
  /// in the same order.
  std::vector<ListenAddress> addresses(const std::vector<std::uint16_t>& ports) const;
  /// Replaces the descriptors that listen on the placeholders. Returns whether all were found.
  bool take_over(const std::vector<std::uint16_t>& ports);
  /// Leaves systemd's sockets: CivetWeb accepts no more clients there.
  void leave();
  /// Wakes CivetWeb's accept loop, if it listens on a socket of systemd.
  void wake();

 private:
  std::vector<ListenAddress> addresses_;
  std::vector<Descriptor> sockets_;  // one for each address; empty where CivetWeb can listen
  Descriptor bell_;                  // an eventfd; empty without a socket of systemd
  std::vector<int> passed_;          // CivetWeb's descriptors of systemd's sockets
};

}  // namespace dbpool
