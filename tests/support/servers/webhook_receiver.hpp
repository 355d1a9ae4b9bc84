#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dbpool {

/// The body posted to a path.
struct Posted {
  std::string path, body;
};

/// An HTTP server on a free loopback port that accepts every POST, answers 200 and keeps the requests. One
/// request at a time. Its functions may be called from any thread.
class WebhookReceiver {
 public:
  WebhookReceiver();
  WebhookReceiver(const WebhookReceiver&) = delete;
  WebhookReceiver& operator=(const WebhookReceiver&) = delete;
  ~WebhookReceiver();

  std::uint16_t port() const noexcept { return port_; }
  /// Returns all requests so far, in order.
  std::vector<Posted> posted() const;

 private:
  void serve();
  void answer(int client);

  std::uint16_t port_ = 0;
  int listener_;
  int stop_ = ::eventfd(0, EFD_CLOEXEC);
  mutable std::mutex mutex_;
  std::vector<Posted> posted_;
  std::thread thread_;
};

}  // namespace dbpool
