#include "support/servers/pgbouncer_server.hpp"

#include <libpq-fe.h>
#include <signal.h>
#include <sys/wait.h>

#include <fstream>
#include <memory>
#include <stdexcept>

#include "support/servers/free_port.hpp"
#include "support/servers/unprivileged.hpp"

namespace dbpool {

PgBouncerServer::PgBouncerServer(const PgBouncerSetup& setup)
    : directory_(new_server_directory("dbpool_pgb_")), port_(free_port()) {
  std::ofstream users(directory_ / "users");
  for (const char* user : {"postgres", "stats", "admin", "alice", "bob", "müller", "möller"})
    users << '"' << user << "\" \"\"\n";
  std::ofstream ini(directory_ / "pgbouncer.ini");
  ini << "[databases]\n"
      << setup.databases << "\n[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port=" << port_
      << "\nunix_socket_dir=\nauth_type=trust\nauth_file=" << (directory_ / "users").string()
      << "\nstats_users=stats\nadmin_users=admin\n";
  for (const std::string& setting : setup.settings) ini << setting << '\n';
  users.close();
  ini.close();
  start();
}

PgBouncerServer::~PgBouncerServer() {
  if (process_ != 0) kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string PgBouncerServer::dsn(const std::string& database, const std::string& user) const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " dbname=" + database + " user=" + user;
}

void PgBouncerServer::command(const std::string& text) const {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> conn(PQconnectdb(dsn("pgbouncer", "admin").c_str()),
                                                          PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(conn.get(), text.c_str()), PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    throw std::runtime_error("PgBouncer refused " + text + ": " + PQerrorMessage(conn.get()));
  }
}

void PgBouncerServer::start() {
  process_ =
      spawn_server({"/usr/sbin/pgbouncer", (directory_ / "pgbouncer.ini").string()}, directory_ / "log");
  if (!wait_until([this] { return listens(port_); }, std::chrono::seconds(20)))
    throw std::runtime_error("PgBouncer did not start: " + tail_of(directory_ / "log"));
}

void PgBouncerServer::kill() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

}  // namespace dbpool
