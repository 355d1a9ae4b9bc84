#include "support/servers/postgres_server.hpp"

#include <libpq-fe.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "support/servers/free_port.hpp"
#include "support/servers/unprivileged.hpp"

namespace dbpool {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Returns a program of the newest installed version, or in DBPOOL_PG_BIN.
fs::path program(const std::string& name) {
  if (const char* given = std::getenv("DBPOOL_PG_BIN")) return fs::path(given) / name;
  std::error_code absent;
  int newest = 0;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", absent)) {
    newest = std::max(newest, std::atoi(version.path().filename().c_str()));
  }
  if (newest == 0)
    throw std::runtime_error("PostgreSQL is not installed below /usr/lib/postgresql; set DBPOOL_PG_BIN");
  return fs::path("/usr/lib/postgresql") / std::to_string(newest) / "bin" / name;
}

void run(const std::vector<std::string>& command, const fs::path& log_file) {
  int status = 0;
  ::waitpid(spawn_server(command, log_file), &status, 0);
  if (status != 0) throw std::runtime_error(command.front() + " failed, see " + log_file.string());
}

/// Returns whether the process has ended; a zombie counts as ended.
bool is_gone(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto name_end = text.rfind(") ");
  return name_end == std::string::npos || text[name_end + 2] == 'Z';
}

/// An initialized database directory, made once per process.
class Template {
 public:
  Template() : directory_(new_server_directory("dbpool_pg_")) {
    const fs::path password_file = directory_ / "password";
    std::ofstream(password_file) << PostgresServer::password << '\n';
    run({program("initdb").string(), "-D", (directory_ / "data").string(), "-U", "postgres", "-E", "UTF8",
         "--locale=C", "--no-sync", "--auth=trust", "--pwfile=" + password_file.string()},
        directory_ / "log");
  }
  ~Template() {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }
  void copy_to(const fs::path& directory) const {
    run({"/bin/cp", "-a", (directory_ / "data").string(), directory.string()}, directory / "log");
  }

 private:
  fs::path directory_;
};

const Template& initialized() {
  static const Template once;
  return once;
}

}  // namespace

PostgresServer::PostgresServer(Auth auth, std::vector<std::string> settings)
    : directory_(new_server_directory("dbpool_pg_")), port_(free_port()) {
  initialized().copy_to(directory_);
  configure(auth, settings);
  start();
}

PostgresServer::~PostgresServer() {
  if (postmaster_ != 0) kill();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void PostgresServer::configure(Auth auth, const std::vector<std::string>& settings) {
  std::ofstream hba(directory_ / "data" / "pg_hba.conf");
  hba << "local all all trust\n";
  hba << "host all all 127.0.0.1/32 " << (auth == Auth::scram ? "scram-sha-256" : "trust") << '\n';
  std::ofstream conf(directory_ / "data" / "postgresql.conf", std::ios::app);
  conf << "listen_addresses = '127.0.0.1'\nport = " << port_ << "\nunix_socket_directories = '"
       << directory_.string()
       << "'\nfsync = off\nfull_page_writes = off\nsynchronous_commit = off\nshared_buffers = 16MB\n";
  for (const std::string& setting : settings) conf << setting << '\n';
}

std::string PostgresServer::dsn() const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " user=postgres dbname=postgres";
}

std::string PostgresServer::dsn_with_password() const {
  return dsn() + " password=" + password;
}

std::string PostgresServer::query(const std::string& sql) const {
  const std::string over_socket = "host=" + directory_.string() + " port=" + std::to_string(port_) +
                                  " user=postgres dbname=postgres application_name=fixture";
  const std::unique_ptr<PGconn, decltype(&PQfinish)> conn(PQconnectdb(over_socket.c_str()), PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(conn.get(), sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    throw std::runtime_error("fixture query failed: " + std::string(PQerrorMessage(conn.get())));
  }
  return PQntuples(result.get()) > 0 && PQnfields(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

void PostgresServer::launch() {
  postmaster_ =
      spawn_server({program("postgres").string(), "-D", (directory_ / "data").string()}, directory_ / "log");
}

void PostgresServer::start() {
  launch();
  const auto ended = [this] { return ::waitpid(postmaster_, nullptr, WNOHANG) != 0; };
  bool failed = false;
  const bool up = wait_until([&] { return accepts() || (failed = ended()); }, 20s);
  if (up && !failed) return;
  if (failed) postmaster_ = 0;
  throw std::runtime_error("PostgreSQL did not start: " + tail_of(directory_ / "log"));
}

bool PostgresServer::accepts() const {
  return PQping(("host=127.0.0.1 port=" + std::to_string(port_) + " connect_timeout=2").c_str()) == PQPING_OK;
}

void PostgresServer::stop() {
  ::kill(postmaster_, SIGINT);
  ::waitpid(postmaster_, nullptr, 0);
  postmaster_ = 0;
}

void PostgresServer::kill() {
  auto children = processes();
  std::erase(children, postmaster_);
  ::kill(postmaster_, SIGKILL);
  ::waitpid(postmaster_, nullptr, 0);
  postmaster_ = 0;
  const auto all_gone = [&] { return std::all_of(children.begin(), children.end(), is_gone); };
  // Children notice a dead postmaster by themselves, unless they are stopped or busy.
  if (wait_until(all_gone, 500ms)) return;
  for (const pid_t child : children) {
    if (!is_gone(child)) ::kill(child, SIGKILL);
  }
  if (!wait_until(all_gone, 5s)) throw std::runtime_error("PostgreSQL's children do not end");
}

void PostgresServer::restart() {
  ::kill(postmaster_, SIGQUIT);
  ::waitpid(postmaster_, nullptr, 0);
  start();
}

void PostgresServer::start_in_recovery() {
  std::ofstream(directory_ / "data" / "postgresql.conf", std::ios::app) << "hot_standby = off\n";
  std::ofstream(directory_ / "data" / "standby.signal") << "";
  launch();
  const std::string info = "host=127.0.0.1 port=" + std::to_string(port_) + " connect_timeout=2";
  // libpq reports a rejection once the server listens and rejects every client.
  if (!wait_until([&] { return PQping(info.c_str()) == PQPING_REJECT; }, 20s))
    throw std::runtime_error("PostgreSQL does not stay in recovery: " + tail_of(directory_ / "log"));
}

void PostgresServer::promote() {
  std::ofstream(directory_ / "data" / "promote") << "";
  ::kill(postmaster_, SIGUSR1);
  if (!wait_until([this] { return accepts(); }, 20s))
    throw std::runtime_error("PostgreSQL was not promoted: " + tail_of(directory_ / "log"));
}

void PostgresServer::freeze() {
  // The postmaster first, so that it starts no more children.
  ::kill(postmaster_, SIGSTOP);
  for (const pid_t process : processes()) ::kill(process, SIGSTOP);
}

void PostgresServer::thaw() {
  for (const pid_t process : processes()) ::kill(process, SIGCONT);
}

std::vector<pid_t> PostgresServer::processes() const {
  const std::string self = std::to_string(postmaster_);
  std::ifstream children("/proc/" + self + "/task/" + self + "/children");
  std::vector<pid_t> all{postmaster_};
  all.insert(all.end(), std::istream_iterator<pid_t>(children), {});
  return all;
}

}  // namespace dbpool
