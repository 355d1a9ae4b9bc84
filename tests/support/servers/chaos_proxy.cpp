#include "support/servers/chaos_proxy.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "support/eventually.hpp"
#include "support/servers/free_port.hpp"

namespace dbpool {
namespace {

constexpr int backlog = 64;
constexpr std::size_t cut_after = 20;
/// Slowed down with the tests' timeouts; otherwise the answer would be complete before a client gives up.
const auto between_drips =
    std::chrono::ceil<std::chrono::milliseconds>(stretched(std::chrono::milliseconds(20)));

/// Returns a socket bound to `port`, so that the proxy keeps its port while it does not listen.
int bound_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = loopback(port);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::system_error(errno, std::generic_category(), "the port is taken");
  }
  return fd;
}

int connected_to(std::uint16_t port, int flags) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EINPROGRESS)
    return fd;
  ::close(fd);
  return -1;
}

void send_to(int socket, std::string_view text) {
  ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
}

void close_by_reset(int socket) {
  const linger at_once{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket);
}

/// Returns the bytes received; "" after the end.
std::string received(int socket) {
  std::array<char, 65536> part{};
  const ssize_t n = ::recv(socket, part.data(), part.size(), 0);
  return n > 0 ? std::string(part.data(), static_cast<std::size_t>(n)) : std::string();
}

}  // namespace

ChaosProxy::ChaosProxy(std::uint16_t target)
    : target_(target), port_(free_port()), listener_(bound_to(port_)) {
  ::listen(listener_, backlog);
  thread_ = std::thread([this] { run(); });
}

ChaosProxy::~ChaosProxy() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ::eventfd_write(wake_, 1);
  thread_.join();
  reset_all(false);
  for (const int fd : fillers_) ::close(fd);
  ::close(listener_);
  ::close(wake_);
}

std::string ChaosProxy::dsn() const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " user=postgres dbname=postgres sslmode=disable";
}

void ChaosProxy::inject(Chaos chaos) {
  const std::lock_guard lock(mutex_);
  if (chaos_ == Chaos::refuse || chaos_ == Chaos::black_hole) listen_again();
  chaos_ = chaos;
  ++changes_;
  for (Link& link : links_) link.forwarded = 0;
  if (chaos == Chaos::pass) reset_all(true);
  if (chaos == Chaos::refuse || chaos == Chaos::reset) reset_all(false);
  if (chaos == Chaos::refuse) ::shutdown(listener_, SHUT_RDWR);
  if (chaos == Chaos::black_hole) fill_queue();
  ::eventfd_write(wake_, 1);
}

std::size_t ChaosProxy::open_connections() const {
  const std::lock_guard lock(mutex_);
  return links_.size();
}

void ChaosProxy::listen_again() {
  for (const int fd : fillers_) ::close(fd);
  fillers_.clear();
  ::listen(listener_, backlog);
}

void ChaosProxy::fill_queue() {
  ::listen(listener_, 0);
  for (int i = 0; i < 4; ++i) fillers_.push_back(connected_to(port_, SOCK_NONBLOCK));
}

void ChaosProxy::reset_all(bool only_unforwarded) {
  for (Link& link : links_) {
    if (!only_unforwarded || link.server < 0) link.over = link.by_reset = true;
  }
  close_finished();
}

bool ChaosProxy::forwards() const noexcept {
  return chaos_ == Chaos::pass || chaos_ == Chaos::drip || chaos_ == Chaos::cut;
}

bool ChaosProxy::accepts() const noexcept {
  return chaos_ != Chaos::refuse && chaos_ != Chaos::black_hole;
}

/// Returns the wake-up descriptor, the listener, and each link's client and server. A negative descriptor is
/// ignored.
std::vector<pollfd> ChaosProxy::watch_list() const {
  const bool answers = forwards() || chaos_ == Chaos::reset || chaos_ == Chaos::garbage;
  std::vector<pollfd> watched{{wake_, POLLIN, 0}, {accepts() ? listener_ : -1, POLLIN, 0}};
  for (const Link& link : links_) {
    watched.push_back({answers || chaos_ == Chaos::silent ? link.client : -1, POLLIN, 0});
    watched.push_back({answers ? link.server : -1, POLLIN, 0});
  }
  return watched;
}

void ChaosProxy::run() {
  for (;;) {
    std::vector<pollfd> watched;
    std::uint64_t seen = 0;
    int patience = -1;
    {
      const std::lock_guard lock(mutex_);
      watched = watch_list();
      seen = changes_;
      if (chaos_ == Chaos::drip) patience = static_cast<int>(between_drips.count());
    }
    ::poll(watched.data(), watched.size(), patience);
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    eventfd_t ignored = 0;
    ::eventfd_read(wake_, &ignored);
    if (seen == changes_) handle(watched);
  }
}

void ChaosProxy::handle(const std::vector<pollfd>& watched) {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if (watched[2 + 2 * i].revents != 0) from_client(links_[i]);
    if (watched[3 + 2 * i].revents != 0 && !links_[i].over) from_server(links_[i]);
  }
  const auto now = std::chrono::steady_clock::now();
  if (chaos_ != Chaos::drip || now - last_drip_ >= between_drips) {
    for (Link& link : links_) drip(link);
    last_drip_ = now;
  }
  close_finished();
  if (watched[1].revents != 0) take_client();
}

void ChaosProxy::take_client() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = forwards() ? connected_to(target_, 0) : -1;
  links_.push_back({client, server, {}});
  if (forwards() && server < 0) reset_all(true);
}

void ChaosProxy::from_client(Link& link) const {
  const std::string text = received(link.client);
  link.over = text.empty();
  if (forwards()) send_to(link.server, text);
  if (chaos_ == Chaos::garbage) send_to(link.client, "HTTP/1.1 400 Bad Request\r\n\r\n");
  if (chaos_ == Chaos::reset) link.over = link.by_reset = true;
}

void ChaosProxy::from_server(Link& link) const {
  std::string text = received(link.server);
  link.over = text.empty();
  if (chaos_ == Chaos::drip) {
    link.dripping += text;
  } else if (chaos_ == Chaos::cut) {
    text.resize(std::min(text.size(), cut_after - link.forwarded));
    link.forwarded += text.size();
    send_to(link.client, text);
    link.over = link.over || link.forwarded == cut_after;
  } else if (chaos_ == Chaos::pass) {
    send_to(link.client, link.dripping + text);
    link.dripping.clear();
  }
}

/// Forwards one pending byte, or all of them once the fault has ended.
void ChaosProxy::drip(Link& link) const {
  const std::size_t count = chaos_ == Chaos::drip ? 1 : link.dripping.size();
  send_to(link.client, link.dripping.substr(0, count));
  link.dripping.erase(0, count);
}

void ChaosProxy::close_finished() {
  for (const Link& link : links_) {
    if (!link.over) continue;
    link.by_reset ? close_by_reset(link.client) : static_cast<void>(::close(link.client));
    if (link.server >= 0) ::close(link.server);
  }
  std::erase_if(links_, [](const Link& link) { return link.over; });
}

}  // namespace dbpool
