#include "drivers/postgres/connection.hpp"

#include <sys/socket.h>

#include <exception>
#include <utility>

#include "drivers/postgres/statement.hpp"

namespace dbpool {
namespace {

void ask_to_cancel(PGcancel* request) {
  char problem[256];
  PQcancel(request, problem, sizeof problem);
}

}  // namespace

PostgresConnection::PostgresConnection(PgHandle conn, std::vector<std::string> secrets,
                                       std::shared_ptr<PostgresThreads> threads, PostgresCancel cancel)
    : conn_(std::move(conn)), secrets_(std::move(secrets)), threads_(std::move(threads)), cancel_(cancel) {
  configure();
}

void PostgresConnection::configure() noexcept {
  PQsetErrorVerbosity(conn_.get(), PQERRORS_DEFAULT);
  if (PQsetnonblocking(conn_.get(), 1) != 0) abandoned_ = true;
}

PostgresConnection::~PostgresConnection() {
  // PQfinish first sends a message, which may block if a statement was still being sent.
  if (abandoned_ && PQsocket(conn_.get()) >= 0) ::shutdown(PQsocket(conn_.get()), SHUT_RDWR);
}

std::unique_ptr<Operation> PostgresConnection::start_query(std::string sql, Deadline deadline,
                                                           QueryResult* result) {
  return std::make_unique<PostgresStatement>(*this, std::move(sql), deadline, result);
}

bool PostgresConnection::is_broken() const noexcept {
  return abandoned_ || PQstatus(conn_.get()) != CONNECTION_OK ||
         PQtransactionStatus(conn_.get()) != PQTRANS_IDLE;
}

void PostgresConnection::hand_out() noexcept {
  PQsetnonblocking(conn_.get(), 0);
  static_cast<void>(conn_.release());
}

void PostgresConnection::take_back(PgHandle conn) noexcept {
  conn_ = std::move(conn);
  PQsetNoticeProcessor(
      conn_.get(), [](void*, const char*) {}, nullptr);
  PQuntrace(conn_.get());
  configure();
}

void PostgresConnection::abandon() noexcept {
  if (std::exchange(abandoned_, true) || PQtransactionStatus(conn_.get()) != PQTRANS_ACTIVE) return;
  if (cancel_ == PostgresCancel::leave) return;
  try {
    const std::shared_ptr<PGcancel> request(PQgetCancel(conn_.get()), PQfreeCancel);
    if (request) threads_->cancellations.run([request] { ask_to_cancel(request.get()); });
  } catch (const std::exception&) {
    // Out of memory: the statement continues at the server, as it does when no thread is free.
    return;
  }
}

}  // namespace dbpool
