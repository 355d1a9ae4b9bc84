#include "support/servers/pgpool_server.hpp"

#include <signal.h>
#include <sys/wait.h>

#include <fstream>
#include <stdexcept>

#include "support/servers/free_port.hpp"
#include "support/servers/unprivileged.hpp"

namespace dbpool {

PgpoolServer::PgpoolServer(std::uint16_t backend, const std::vector<std::string>& settings)
    : directory_(new_server_directory("dbpool_pgp_")), port_(free_port()) {
  const std::string here = "'" + directory_.string() + "'\n";
  std::ofstream conf(directory_ / "pgpool.conf");
  conf << "listen_addresses = '127.0.0.1'\nport = " << port_
       << "\npcp_listen_addresses = ''\npcp_port = " << free_port() << "\nunix_socket_directories = " << here
       << "pcp_socket_dir = " << here << "logdir = " << here << "pid_file_name = '"
       << (directory_ / "pid").string()
       << "'\nbackend_clustering_mode = 'raw'\nbackend_hostname0 = '127.0.0.1'\nbackend_port0 = " << backend
       << "\nenable_pool_hba = off\nsr_check_period = 0\nhealth_check_period = 0\n";
  for (const std::string& setting : settings) conf << setting << '\n';
  conf.close();
  start();
}

PgpoolServer::~PgpoolServer() {
  if (process_ != 0) stop();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void PgpoolServer::start() {
  process_ = spawn_server({"/usr/sbin/pgpool", "-n", "-f", (directory_ / "pgpool.conf").string(), "-F",
                           "/dev/null", "-a", "/dev/null", "-k", "/dev/null"},
                          directory_ / "log");
  if (!wait_until([this] { return listens(port_); }, std::chrono::seconds(20)))
    throw std::runtime_error("Pgpool-II did not start: " + tail_of(directory_ / "log"));
}

void PgpoolServer::stop() {
  ::kill(process_, SIGINT);  // "fast": its children end with it
  const auto ended = [this] { return ::waitpid(process_, nullptr, WNOHANG) != 0; };
  if (!wait_until(ended, std::chrono::seconds(20))) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  process_ = 0;
}

std::string PgpoolServer::dsn(const std::string& database, const std::string& user) const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " dbname=" + database + " user=" + user;
}

}  // namespace dbpool
