#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "dbpool/sync/guarded.hpp"
#include "support/servers/child_process.hpp"

namespace dbpool {

/// A line of a client: `name:value|type|#tag:value,...`.
struct EventLine {
  std::string name, type;
  double value = 0;
  std::map<std::string, std::string> tags;

  /// Returns the tag's value; "" if it is absent.
  std::string tag(const std::string& key) const;
};

/// What a listener received.
struct EventLog {
  std::vector<EventLine> lines;
  std::vector<std::uint64_t> sequence;  ///< of the datagrams, 0 = the first line has none
  std::size_t longest = 0;              ///< bytes of a datagram

  std::vector<EventLine> of(const std::string& name) const;
  /// Returns the sum of the gaps between the numbers.
  std::uint64_t lost() const;
};

/// An address that a client can send to, whether or not it is listened on.
class EventAddress {
 public:
  enum class Transport { unix_datagram, udp };
  explicit EventAddress(Transport transport);

  /// Returns it as DBPOOL_EVENTS has it.
  std::string url() const;
  /// Returns a socket that is bound to it. throws std::runtime_error.
  int bind() const;

 private:
  TemporaryDirectory directory_;
  std::uint16_t port_ = 0;  ///< 0: Unix
};

/// Receives datagrams at an address. A Unix socket is removed by the destructor, as the exporter does.
class EventListener {
 public:
  explicit EventListener(const EventAddress& address);
  EventListener(const EventListener&) = delete;
  EventListener& operator=(const EventListener&) = delete;
  ~EventListener();

  EventLog log() const { return *log_.access(); }

 private:
  void receive(const std::stop_token& stop);

  std::string url_;
  int socket_;
  Guarded<EventLog> log_;
  std::jthread thread_;
};

}  // namespace dbpool
