#include "web/http1/listener.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "web/client_limits.hpp"
#include "web/http1/connection.hpp"
#include "web/http1/listening_sockets.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

/// How long a listener waits when the system has no descriptor or memory left.
constexpr auto shortage_pause = 100ms;
/// Accepted in one task, so that other tasks get their turns.
constexpr int accepted_at_once = 16;

}  // namespace

/// The tasks of its sockets and its connections own it, besides the listener.
class HttpListener::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(const ListenAddress& address, HttpSite site, Runtime runtime, Logger& logger)
      : address_(address),
        sockets_(listening_sockets(address_)),
        service_(std::make_shared<HttpService>(std::move(site), std::move(runtime), logger)) {}

  void start() {
    for (const Descriptor& socket : sockets_) wait(socket.get());
  }

  /// The port is free at once; the descriptors are closed when the last task ends.
  void stop() {
    stopped_ = true;
    for (const Descriptor& socket : sockets_) ::shutdown(socket.get(), SHUT_RDWR);
    connections_->shut_down();
  }

  const ListenAddress& address() const noexcept { return address_; }

 private:
  void wait(int socket) { service_->runtime.scheduler->when({socket, POLLIN}, task(socket)); }

  Scheduler::Task task(int socket) {
    return [self = shared_from_this(), socket] { self->accept_some(socket); };
  }

  void accept_some(int socket) {
    for (int i = 0; i < accepted_at_once && !stopped_; ++i) {
      Descriptor client(::accept4(socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (client.get() >= 0) {
        serve(std::move(client));
      } else if (errno == EAGAIN) {
        break;
      } else if (errno != ECONNABORTED && errno != EINTR) {
        return pause(socket);
      }
    }
    if (!stopped_) wait(socket);
  }

  /// Without memory the client is disconnected.
  void serve(Descriptor client) noexcept {
    try {
      auto place = connections_->add(client.get());
      if (!place) return;
      std::make_shared<HttpConnection>(std::move(client), std::move(*place), service_)->start();
    } catch (const std::exception&) {
      connections_->evict();
    }
  }

  void pause(int socket) {
    connections_->evict();
    service_->runtime.scheduler->at(service_->runtime.clock->now() + shortage_pause, task(socket));
  }

  ListenAddress address_;
  const std::vector<Descriptor> sockets_;
  const std::shared_ptr<HttpService> service_;
  const std::shared_ptr<OpenConnections> connections_ =
      std::make_shared<OpenConnections>(connections_allowed(descriptor_limit()));
  std::atomic<bool> stopped_ = false;
};

HttpListener::HttpListener(const ListenAddress& address, HttpSite site, Runtime runtime, Logger& logger)
    : core_(std::make_shared<Core>(address, std::move(site), std::move(runtime), logger)) {
  core_->start();
}

HttpListener::~HttpListener() {
  core_->stop();
}

const ListenAddress& HttpListener::address() const noexcept {
  return core_->address();
}

}  // namespace dbpool
