#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace dbpool {

/// A server on a free loopback port that talks to each client on a thread of its own. The destructor ends all
/// conversations and closes their connections. The port may be read on any thread.
class ListeningServer {
 public:
  /// One connection, as the conversation with it sees it.
  class Client {
   public:
    Client(int fd, int stop) noexcept : fd_(fd), stop_(stop) {}
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    /// Waits for bytes and returns them; nullopt when the client or the server has ended.
    std::optional<std::string> receive();
    /// Same, but returns exactly `size` bytes.
    std::optional<std::string> receive(std::size_t size);
    /// Returns whether all of `text` was sent.
    bool send(std::string_view text);
    /// Sends `text` one byte every 20 ms. Returns whether all of it was sent before the server ended.
    bool drip(std::string_view text);
    /// Blocks until the server ends.
    void await_stop() const;
    /// Makes the coming close a reset.
    void reset_on_close();

   private:
    const int fd_;
    const int stop_;
    std::string unread_;  ///< received beyond the size that was asked for
  };
  /// The conversation with one client; the connection closes when it returns. Several run at the same time.
  using Conversation = std::function<void(Client&)>;

  /// throws std::system_error if no port is free.
  explicit ListeningServer(Conversation conversation);
  ListeningServer(const ListeningServer&) = delete;
  ListeningServer& operator=(const ListeningServer&) = delete;
  ~ListeningServer();

  std::uint16_t port() const noexcept { return port_; }

 private:
  void accept_clients();

  const Conversation conversation_;
  std::uint16_t port_ = 0;
  const int listener_;
  const int stop_;
  std::list<std::thread> conversations_;  ///< used by the accepting thread, and by the destructor after it
  std::thread accepting_;
};

}  // namespace dbpool
