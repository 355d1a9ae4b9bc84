#include "web/civet_server.hpp"

#include <civetweb.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <future>
#include <mutex>

#include "dbpool/model/error.hpp"
#include "web/client_limits.hpp"
#include "web/hang_up.hpp"
#include "web/responder.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

/// How long a stop waits for answers that are being made.
constexpr auto patience = 500ms;

struct Setting {
  const char* name;
  const char* value;
};

constexpr auto fixed_settings = std::to_array<Setting>({
    // A client that has not sent its request by then is given up.
    {"request_timeout_ms", "1000"},
    {"enable_keep_alive", "no"},
    {"listen_backlog", "200"},
    {"max_request_size", "8192"},
    {"decode_url", "no"},
    {"tcp_nodelay", "1"},
    // Leaves it to the system: with 0, clients would lose the rest of a large answer.
    {"linger_timeout_ms", "-2"},
    // All that it could do by itself stays off, although no request gets that far.
    {"enable_directory_listing", "no"},
    {"cgi_pattern", ""},
    {"access_control_allow_origin", ""},
    {"access_control_allow_methods", ""},
    {"access_control_allow_headers", ""},
});

std::string to_text(const ListenAddress& address) {
  return fmt::format("{}:{}", address.host.empty() ? "0.0.0.0" : address.host, address.port);
}

std::string to_text(const std::vector<ListenAddress>& addresses) {
  std::string list;
  for (const ListenAddress& address : addresses) list += (list.empty() ? "" : ",") + to_text(address);
  return list;
}

std::string text_or_empty(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

Request request_of(const mg_request_info& info) {
  Request request;
  request.method = text_or_empty(info.request_method);
  request.path = text_or_empty(info.request_uri);
  request.query = text_or_empty(info.query_string);
  request.version = text_or_empty(info.http_version);
  for (int i = 0; i < info.num_headers; ++i) {
    request.headers.push_back({info.http_headers[i].name, info.http_headers[i].value});
  }
  return request;
}

/// What CivetWeb has read of a request when it refuses it as bad: the first line, up to where it went wrong.
Request first_line_of(const mg_request_info& info) {
  Request request;
  request.method = text_or_empty(info.request_method);
  request.path = text_or_empty(info.request_uri);
  request.version = text_or_empty(info.http_version);
  request.path.erase(std::min(request.path.find('?'), request.path.size()));
  return request;
}

/// Writes all of it, unless the client does not take it in time; then it is hung up on. CivetWeb's own
/// patience begins anew with each piece that the client takes, however small.
void write_in_time(mg_connection* connection, std::string_view wire) {
  constexpr std::size_t piece = 1U << 16U;
  const auto until = std::chrono::steady_clock::now() + answer_patience(wire.size());
  while (!wire.empty() && std::chrono::steady_clock::now() < until) {
    const int written = mg_write(connection, wire.data(), std::min(piece, wire.size()));
    if (written <= 0) return;
    wire.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// Writes head and body as one, so that they leave in as few packets as they fit into.
void send(mg_connection* connection, const Response& response, std::string_view body) {
  const char* const reason = mg_get_response_code_text(connection, response.status);
  write_in_time(connection, head_of(response, reason, std::time(nullptr)).append(body));
}

/// Whether the connection's request has been answered. The pointer that CivetWeb keeps for us says so.
bool is_answered(const mg_connection* connection) {
  return mg_get_user_connection_data(connection) != nullptr;
}

void set_answered(mg_connection* connection) {
  mg_set_user_connection_data(connection, connection);
}

/// Runs what may throw where nothing may: out of memory, a client is hung up on without an answer.
template <typename Work>
int contained(Work work) noexcept {
  try {
    return work();
  } catch (...) {
    return 500;
  }
}

}  // namespace

/// What CivetWeb's callbacks work with; they run on its threads. Nothing unwinds from them into C.
///
/// Locking: the mutex guards `first_complaint` and `answering`; nothing is called under it but the logger.
struct CivetServer::Core {
  Core(Router router, Logger& log) : responder(std::move(router), log), logger(log) {}

  void start(const std::vector<ListenAddress>& listen);
  void count_answering(int change);
  void stop();

  static Core& of(const mg_connection* connection) {
    return *static_cast<Core*>(mg_get_user_data(mg_get_context(connection)));
  }
  static int on_request(mg_connection* connection);
  static int on_error(mg_connection* connection, int status, const char* text);
  Response refusal(const mg_connection* connection, int status, const std::string& text) const;
  static void on_close(const mg_connection* connection);
  static int on_message(const mg_connection* connection, const char* text);

  Responder responder;
  Logger& logger;
  std::vector<ListenAddress> addresses;
  mg_context* context = nullptr;
  std::mutex mutex;
  std::string first_complaint;  // of CivetWeb; says why it does not start
  int answering = 0;            // requests that are being answered
  std::condition_variable all_answered;
};

void CivetServer::Core::start(const std::vector<ListenAddress>& listen) {
  const std::string ports = to_text(listen);
  const ClientLimits limits = client_limits(descriptor_limit());
  const std::string threads = std::to_string(limits.threads), queued = std::to_string(limits.queued);
  std::vector<const char*> settings{"listening_ports", ports.c_str(),      "num_threads",
                                    threads.c_str(),   "connection_queue", queued.c_str()};
  for (const Setting& setting : fixed_settings)
    settings.insert(settings.end(), {setting.name, setting.value});
  settings.push_back(nullptr);
  mg_callbacks callbacks{};
  callbacks.begin_request = on_request;
  callbacks.http_error = on_error;
  callbacks.connection_close = on_close;
  callbacks.log_message = on_message;
  mg_init_data start{};
  start.callbacks = &callbacks;
  start.user_data = this;
  start.configuration_options = settings.data();

  mg_init_library(0);
  context = mg_start2(&start, nullptr);
  if (context == nullptr) {
    mg_exit_library();
    throw Error(fmt::format("start the web server on {}: {}", ports, first_complaint));
  }
  std::vector<mg_server_port> bound(listen.size());
  mg_get_server_ports(context, static_cast<int>(bound.size()), bound.data());
  addresses = listen;
  for (std::size_t i = 0; i < bound.size(); ++i)
    addresses[i].port = static_cast<std::uint16_t>(bound[i].port);
}

void CivetServer::Core::count_answering(int change) {
  const std::lock_guard lock(mutex);
  answering += change;
  if (answering == 0) all_answered.notify_all();
}

void CivetServer::Core::stop() {
  if (context == nullptr) return;
  // CivetWeb keeps its descriptors to itself, and would let idle clients and its own accept loop delay a stop
  // by seconds.
  hang_up(addresses, SHUT_RD);
  {
    // Once told to stop, CivetWeb drops what it has not sent.
    std::unique_lock lock(mutex);
    all_answered.wait_for(lock, patience, [this] { return answering == 0; });
  }
  auto stopped = std::async(std::launch::async, [this] { mg_stop(context); });
  while (stopped.wait_for(10ms) != std::future_status::ready) hang_up(addresses, SHUT_RDWR);
  context = nullptr;
  mg_exit_library();
}

int CivetServer::Core::on_request(mg_connection* connection) {
  // First of all, so that CivetWeb does not wait for the rest of a body that nobody reads.
  mg_disable_connection_keep_alive(connection);
  set_answered(connection);
  Core& core = of(connection);
  core.count_answering(+1);
  const int status = contained([&] {
    const Request request = request_of(*mg_get_request_info(connection));
    const Response response = core.responder.answer(request);
    send(connection, response, request.method == "HEAD" ? std::string_view() : response.body);
    return response.status;
  });
  core.count_answering(-1);
  return status;
}

int CivetServer::Core::on_error(mg_connection* connection, int status, const char* text) {
  mg_disable_connection_keep_alive(connection);
  set_answered(connection);
  contained([&] {
    const Response response = of(connection).refusal(connection, status, text_or_empty(text));
    send(connection, response, response.body);
    return response.status;
  });
  return 0;
}

Response CivetServer::Core::refusal(const mg_connection* connection, int status,
                                    const std::string& text) const {
  // CivetWeb says this, and has read no header, when it does not know the method. It takes TRACE for unknown.
  if (status == 400 && text == "Bad request") {
    auto refused = responder.refuse_method(first_line_of(*mg_get_request_info(connection)));
    if (refused) return std::move(*refused);
  }
  // It says 411 of a length that is no number.
  return error_response(status == 411 ? 400 : status, text);
}

/// CivetWeb says nothing to a target that is no path, such as that of a request to a proxy.
void CivetServer::Core::on_close(const mg_connection* connection) {
  const mg_request_info* const request = mg_get_request_info(connection);
  const bool has_asked = request != nullptr && request->request_method != nullptr;
  auto* const unfinished = const_cast<mg_connection*>(connection);
  if (has_asked && !is_answered(connection)) on_error(unfinished, 400, "the target is not a path");
  mg_set_user_connection_data(unfinished, nullptr);
}

int CivetServer::Core::on_message(const mg_connection* connection, const char* text) {
  contained([&] {
    Core& core = of(connection);
    const std::lock_guard lock(core.mutex);
    if (core.first_complaint.empty()) core.first_complaint = text_or_empty(text);
    core.logger.log(LogLevel::debug, "web", "web server notice", {{"notice", text_or_empty(text)}});
    return 0;
  });
  return 1;
}

CivetServer::CivetServer(const WebOptions& options, Router router, Logger& logger)
    : core_(std::make_unique<Core>(std::move(router), logger)) {
  core_->start(options.listen);
}

CivetServer::~CivetServer() {
  stop();
}

const std::vector<ListenAddress>& CivetServer::addresses() const noexcept {
  return core_->addresses;
}

void CivetServer::stop() {
  core_->stop();
}

}  // namespace dbpool
