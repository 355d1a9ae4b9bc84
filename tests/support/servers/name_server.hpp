#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "dbpool/sync/guarded.hpp"
#include "support/servers/child_process.hpp"

namespace dbpool {

/// A name server on the port 53 of a loopback address of its own, for programs that `launcher` starts. It
/// answers questions for IPv4 addresses as the test says, and that there are no others. Needs the right to
/// bind the port and to mount. Its own thread ends in the destructor.
class NameServer {
 public:
  /// Returns the addresses of a name; none = there is no such name. `asked_before`: how often the name was
  /// asked for. Called on the server's thread.
  using Answer = std::function<std::vector<std::string>(const std::string& name, std::size_t asked_before)>;

  /// throws std::system_error if no address has the port free.
  explicit NameServer(Answer answer);
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  ~NameServer();

  /// Returns a command that starts the program after it so that the system's resolver asks this server alone.
  std::vector<std::string> launcher() const;
  /// Returns how often the IPv4 addresses of a name were asked for.
  std::size_t asked(const std::string& name) const;

 private:
  void serve();
  std::string reply_to(const std::string& question);
  std::vector<std::string> addresses_of(const std::string& name);

  const Answer answer_;
  Guarded<std::vector<std::string>> asked_;
  std::string address_;
  const int socket_;
  const int stop_;
  const TemporaryDirectory directory_;
  std::thread thread_;
};

}  // namespace dbpool
