#include "dbpool_events/datagram_writer.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <stdexcept>

namespace dbpool_events {
namespace {

constexpr std::size_t unix_limit = 8192;
constexpr std::size_t udp_limit = 1432;
constexpr std::size_t longest_site = 512;
constexpr std::size_t longest_trace = 64;
constexpr timeval patience{.tv_sec = 0, .tv_usec = 100'000};  // with an exporter that reads slowly
constexpr std::chrono::seconds pause{1};                      // between two attempts to open the socket

/// Returns a name that no other process has: host, pid, start in ms.
std::string client_name() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host = {"unknown"};
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return clean(host.data(), host.size()) + '-' + std::to_string(::getpid()) + '-' +
         std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

void append(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_milliseconds(std::string& out, std::uint64_t nanoseconds) {
  constexpr std::uint64_t in_a_millisecond = 1'000'000;
  append(out, nanoseconds / in_a_millisecond);
  const std::size_t point = out.size();
  append(out, in_a_millisecond + nanoseconds % in_a_millisecond);  // a 1 and six digits
  out[point] = '.';
}

std::string text_of(const Site& site) {
  if (!site.name.empty()) return clean(site.name, longest_site);
  return clean(std::string(site.where.file_name()) + ':' + std::to_string(site.where.line()) + ' ' +
                   site.where.function_name(),
               longest_site);
}

void append(std::string& out, const Event& event, const std::string& client) {
  out.append("dbpool.").append(event.verb) += ':';
  if (event.unit == "ms") {
    append_milliseconds(out, event.value);
  } else {
    append(out, event.value);
  }
  out.append("|").append(event.unit).append("|#pool:").append(*event.pool).append(",client:").append(client);
  if (event.lease != 0) append(out.append(",lease:"), event.lease);
  if (event.site) out.append(",site:").append(text_of(*event.site));
  if (event.site && !event.site->trace_id.empty())
    out.append(",trace_id:").append(clean(event.site->trace_id, longest_trace));
  if (event.detail.empty()) return;
  out.append(event.verb == "closed" ? ",reason:" : ",error_type:").append(event.detail);
}

bool connect_unix(int socket, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

std::string clean(std::string_view text, std::size_t longest) {
  std::string cleaned(text.substr(0, longest));
  const auto ends_tag = [](char c) { return c == ',' || c == '|' || (c >= 0 && c < ' '); };
  std::replace_if(cleaned.begin(), cleaned.end(), ends_tag, '_');
  return cleaned;
}

DatagramWriter::DatagramWriter(std::string_view address) : limit_(udp_limit), client_(client_name()) {
  constexpr std::string_view unix_scheme = "unix://", udp_scheme = "udp://";
  const auto colon = address.rfind(':');
  if (address.starts_with(unix_scheme)) {
    path_ = address.substr(unix_scheme.size());
    limit_ = unix_limit;
  } else if (address.starts_with(udp_scheme) && colon > udp_scheme.size()) {
    host_ = address.substr(udp_scheme.size(), colon - udp_scheme.size());
    port_ = address.substr(colon + 1);
    std::erase_if(host_, [](char c) { return c == '[' || c == ']'; });
  }
  const bool usable = path_.empty() ? !port_.empty() : path_.size() < sizeof(sockaddr_un::sun_path);
  if (!usable) {
    throw std::invalid_argument("cannot send events to " + std::string(address) +
                                ": allowed are unix:///path and udp://host:port");
  }
}

DatagramWriter::~DatagramWriter() {
  close();
}

void DatagramWriter::add(const Event& event) {
  line_.clear();
  append(line_, event, client_);
  if (lines_ > 0 && datagram_.size() + 1 + line_.size() > limit_) flush();
  if (lines_ > 0) datagram_ += '\n';
  datagram_ += line_;
  if (lines_ == 0) append(datagram_.append(",seq:"), sequence_ + 1);
  ++lines_;
}

void DatagramWriter::flush() {
  if (lines_ == 0) return;
  if (send()) {
    ++sequence_;
  } else {
    sequence_ += lines_;
    failed_ += lines_;
  }
  datagram_.clear();
  lines_ = 0;
}

bool DatagramWriter::send() {
  if (socket_ < 0 && !open()) return false;
  const int flags = MSG_NOSIGNAL | (late_ ? MSG_DONTWAIT : 0);
  const bool sent = ::send(socket_, datagram_.data(), datagram_.size(), flags) >= 0;
  late_ = !sent && errno == EAGAIN;
  if (!sent && !late_) close();
  return sent;
}

bool DatagramWriter::open() {
  const auto now = std::chrono::steady_clock::now();
  if (now < may_open_) return false;
  may_open_ = now + pause;
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (path_.empty() && ::getaddrinfo(host_.c_str(), port_.c_str(), &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> address(found, [](addrinfo* list) {
    if (list != nullptr) ::freeaddrinfo(list);
  });
  socket_ = ::socket(address ? address->ai_family : AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const bool connected =
      address ? ::connect(socket_, address->ai_addr, address->ai_addrlen) == 0 : connect_unix(socket_, path_);
  if (connected) {
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  } else {
    close();
  }
  return connected;
}

void DatagramWriter::close() noexcept {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

}  // namespace dbpool_events
