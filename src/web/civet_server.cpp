#include "web/civet_server.hpp"

#include <civetweb.h>
#include <fmt/format.h>
#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <future>
#include <mutex>

#include "dbpool/model/error.hpp"
#include "tls/shim_libraries.hpp"
#include "tls/tls_door.hpp"
#include "web/access_control.hpp"
#include "web/answers_in_progress.hpp"
#include "web/body.hpp"
#include "web/civet_settings.hpp"
#include "web/client_limits.hpp"
#include "web/own_sockets.hpp"
#include "web/responder.hpp"
#include "web/shut_down_sockets.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

/// How long `stop()` waits for unfinished answers.
constexpr auto patience = 500ms;

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

/// Returns the part of a bad request that CivetWeb has read: the first line, up to the error.
Request first_line_of(mg_request_info info) {
  info.num_headers = 0;
  info.query_string = nullptr;
  Request request = request_of(info);
  request.path.erase(std::min(request.path.find('?'), request.path.size()));
  return request;
}

/// Reads the body of the connection's request, after asking a client for it that waits to be asked.
Body body_of(mg_connection* connection, const BodyRules& rules) {
  const char* const expected = mg_get_header(connection, "Expect");
  if (expected != nullptr && ::strcasecmp(expected, "100-continue") == 0) {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    mg_write(connection, go_on.data(), go_on.size());
  }
  const long long announced = mg_get_request_info(connection)->content_length;
  const auto length = announced < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(announced));
  return read_body(length, rules,
                   [&](char* into, std::size_t size) { return mg_read(connection, into, size); });
}

/// Writes head and body together, so that they need as few packets as possible.
void send(mg_connection* connection, const Response& response, std::string_view body) {
  const char* const reason = mg_get_response_code_text(connection, response.status);
  // CivetWeb's own limit begins again with each piece that the client receives, however small.
  write_in_time(
      head_of(response, reason, std::time(nullptr)).append(body),
      [connection](std::string_view piece) { return mg_write(connection, piece.data(), piece.size()); });
}

/// Returns the ports on which the server listens, in the order of its settings.
std::vector<std::uint16_t> ports_of(const mg_context* context) {
  constexpr std::size_t most = 64;
  std::array<mg_server_port, most> bound{};
  const int count = mg_get_server_ports(context, static_cast<int>(most), bound.data());
  std::vector<std::uint16_t> ports;
  for (int i = 0; i < count; ++i)
    ports.push_back(static_cast<std::uint16_t>(bound.at(static_cast<std::size_t>(i)).port));
  return ports;
}

/// Returns whether an answer to the connection's request has begun. The connection's user data is then not
/// null.
bool is_answered(const mg_connection* connection) {
  return mg_get_user_connection_data(connection) != nullptr;
}

void set_answered(mg_connection* connection) {
  mg_set_user_connection_data(connection, connection);
}

/// Calls `work` in a callback that must not throw. Out of memory, the client is disconnected without an
/// answer.
template <typename Work>
int contained(Work work) noexcept {
  try {
    return work();
  } catch (...) {
    return 500;
  }
}

}  // namespace

/// State and callbacks for CivetWeb, which calls them on its threads. No exception passes from them into C.
///
/// Locking: the mutex guards `first_complaint`; only the logger is called under it.
struct CivetServer::Core {
  Core(Router router, Logger& log, std::shared_ptr<LiveWebConfig> config)
      : responder(std::move(router), log), logger(log) {
    if (!config) return;
    if (config->current()->tls) door.emplace([config] { return config->current()->tls; });
    access.emplace(std::move(config), log);
  }

  void start(const std::vector<ListenAddress>& listen);
  void stop();

  static Core& of(const mg_connection* connection) {
    return *static_cast<Core*>(mg_get_user_data(mg_get_context(connection)));
  }
  Response answer(const Request& request, mg_connection* connection);
  static int on_request(mg_connection* connection);
  static int on_error(mg_connection* connection, int status, const char* text);
  Response refusal(const mg_connection* connection, int status, const std::string& text) const;
  static void on_close(const mg_connection* connection);
  static int on_message(const mg_connection* connection, const char* text);
  static int use_door(void** context, void* core);
  static void* on_thread(const mg_context* context, int type);

  Responder responder;
  Logger& logger;
  std::optional<AccessControl> access;  // none: there is no web configuration
  std::optional<TlsDoor> door;          // none: plain HTTP
  std::optional<OwnSockets> sockets;
  std::promise<bool> taken_over;  // whether all `sockets` are; an earlier stop would shut down systemd's
  std::vector<ListenAddress> addresses;
  mg_context* context = nullptr;
  AnswersInProgress answers;
  std::mutex mutex;
  std::string first_complaint;  // of CivetWeb; the reason if it does not start
};

void CivetServer::Core::start(const std::vector<ListenAddress>& listen) {
  sockets.emplace(listen);
  const CivetSettings settings(sockets->placeholders(), door ? "s" : "");
  const std::vector<const char*> list = settings.list();
  mg_callbacks callbacks{};
  callbacks.begin_request = on_request;
  callbacks.http_error = on_error;
  callbacks.connection_close = on_close;
  callbacks.log_message = on_message;
  callbacks.init_thread = on_thread;
  if (door) {
    open_shim_libraries();
    callbacks.external_ssl_ctx = use_door;
  }
  mg_init_data start{};
  start.callbacks = &callbacks;
  start.user_data = this;
  start.configuration_options = const_cast<const char**>(list.data());

  mg_init_library(0);
  context = mg_start2(&start, nullptr);
  if (context == nullptr) {
    mg_exit_library();
    throw Error(fmt::format("start the web server on {}: {}", to_text(listen), first_complaint));
  }
  addresses = sockets->addresses(ports_of(context));
  if (taken_over.get_future().get()) return;
  stop();
  throw Error(fmt::format("start the web server on {}: it does not take the sockets over", to_text(listen)));
}

/// Called by CivetWeb in each of its threads before its work; type 0 accepts clients.
void* CivetServer::Core::on_thread(const mg_context* context, int type) {
  if (type != 0) return nullptr;
  Core& core = *static_cast<Core*>(mg_get_user_data(context));
  const int status = contained([&] { return core.sockets->take_over(ports_of(context)) ? 200 : 500; });
  core.taken_over.set_value(status == 200);
  return nullptr;
}

void CivetServer::Core::stop() {
  if (context == nullptr) return;
  // Idle clients and CivetWeb's accept loop would delay a stop by seconds, and it hides its descriptors.
  sockets->leave();
  shut_down_sockets(addresses, SHUT_RD);
  answers.wait(patience);  // after mg_stop, CivetWeb drops unsent data
  auto stopped = std::async(std::launch::async, [this] { mg_stop(context); });
  for (; stopped.wait_for(10ms) != std::future_status::ready; sockets->wake())
    shut_down_sockets(addresses, SHUT_RDWR);
  context = nullptr;
  sockets.reset();
  mg_exit_library();
}

Response CivetServer::Core::answer(const Request& request, mg_connection* connection) {
  std::optional<Response> refusal = access ? access->refuse(request, responder.router()) : std::nullopt;
  Response response =
      refusal ? *std::move(refusal)
              : responder.answer(request, [&](const BodyRules& rules) { return body_of(connection, rules); });
  if (access) access->add_headers(response);
  return response;
}

int CivetServer::Core::on_request(mg_connection* connection) {
  // Comes first, so that CivetWeb does not wait for the rest of a body that is not read.
  mg_disable_connection_keep_alive(connection);
  set_answered(connection);
  Core& core = of(connection);
  core.answers.begin();
  const int status = contained([&] {
    const Request request = request_of(*mg_get_request_info(connection));
    const Response response = core.answer(request, connection);
    send(connection, response, request.method == "HEAD" ? std::string_view() : response.body);
    return response.status;
  });
  core.answers.end();
  return status;
}

int CivetServer::Core::on_error(mg_connection* connection, int status, const char* text) {
  mg_disable_connection_keep_alive(connection);
  set_answered(connection);
  contained([&] {
    Core& core = of(connection);
    Response response = core.refusal(connection, status, text_or_empty(text));
    if (core.access) core.access->add_headers(response);
    send(connection, response, response.body);
    return response.status;
  });
  return 0;
}

Response CivetServer::Core::refusal(const mg_connection* connection, int status,
                                    const std::string& text) const {
  // CivetWeb reports this for a method that it does not know, such as TRACE, and has then read no header.
  if (status == 400 && text == "Bad request") {
    auto refused = responder.refuse_method(first_line_of(*mg_get_request_info(connection)));
    if (refused) return std::move(*refused);
  }
  // CivetWeb reports 411 for a length that is not a number.
  return error_response(status == 411 ? 400 : status, text);
}

/// Answers a request whose target is not a path, such as one to a proxy: CivetWeb itself sends nothing.
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

/// Gives CivetWeb the context, which stays ours.
int CivetServer::Core::use_door(void** context, void* core) {
  *context = static_cast<Core*>(core)->door->context();
  return 1;
}

CivetServer::CivetServer(const WebOptions& options, Router router, Logger& logger,
                         std::shared_ptr<LiveWebConfig> config)
    : core_(std::make_unique<Core>(std::move(router), logger, std::move(config))) {
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
