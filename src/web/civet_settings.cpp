#include "web/civet_settings.hpp"

#include <fmt/format.h>

#include "web/client_limits.hpp"
#include "web/http1/listening_sockets.hpp"

namespace dbpool {

CivetSettings::CivetSettings(const std::vector<ListenAddress>& listen, const std::string& scheme) {
  const ClientLimits limits = client_limits(descriptor_limit());
  settings_ = {
      {"listening_ports", to_text(listen, scheme)},
      {"num_threads", std::to_string(limits.threads)},
      {"connection_queue", std::to_string(limits.queued)},
      // The time that a client has to send its request.
      {"request_timeout_ms", "1000"},
      {"enable_keep_alive", "no"},
      {"listen_backlog", "200"},
      {"max_request_size", "8192"},
      {"decode_url", "no"},
      {"tcp_nodelay", "1"},
      // Keeps the system's default: with 0, clients would lose the rest of a large answer.
      {"linger_timeout_ms", "-2"},
      // Turns off CivetWeb's own features, although no request reaches them.
      {"enable_directory_listing", "no"},
      {"cgi_pattern", ""},
      {"access_control_allow_origin", ""},
      {"access_control_allow_methods", ""},
      {"access_control_allow_headers", ""},
  };
}

std::vector<const char*> CivetSettings::list() const {
  std::vector<const char*> list;
  for (const auto& [name, value] : settings_) list.insert(list.end(), {name, value.c_str()});
  list.push_back(nullptr);
  return list;
}

std::string to_text(const std::vector<ListenAddress>& addresses, const std::string& scheme) {
  std::string list;
  for (const ListenAddress& address : addresses) {
    list += fmt::format("{}{}{}", list.empty() ? "" : ",", text_of(address), scheme);
  }
  return list;
}

}  // namespace dbpool
