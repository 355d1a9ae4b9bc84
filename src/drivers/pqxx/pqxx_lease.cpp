#include <chrono>
#include <stdexcept>

#include "dbpool/drivers/pqxx.hpp"
#include "drivers/postgres/connection.hpp"
#include "drivers/postgres/sqlstate.hpp"
#include "drivers/pqxx/lent_connection.hpp"

namespace dbpool {
namespace {

PostgresConnection& usable_connection(Lease& lease) {
  auto* const connection = dynamic_cast<PostgresConnection*>(&lease.connection());
  if (connection == nullptr) {
    throw std::invalid_argument("cannot lend a connection to libpqxx: it is not one of the postgres driver");
  }
  if (connection->is_broken()) {
    throw DriverError(ErrorKind::other,
                      "cannot lend a connection to libpqxx: it is lost, or in a transaction");
  }
  return *connection;
}

}  // namespace

/// Moves the handle from the connection of the pool to that of libpqxx, and back.
class PqxxLease::Loan {
 public:
  explicit Loan(PostgresConnection& owner) : owner_(owner), lent_(owner.libpq()) { owner_.hand_out(); }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;
  ~Loan() {
    owner_.take_back(PgHandle(lent_.release()));
    if (prepared_ && !owner_.is_broken()) drop_statements();
  }

  PqxxConnection& connection() noexcept { return lent_; }

  void prepare(const std::string& name, const std::string& definition) {
    prepared_ = true;
    connection().prepare(name, definition);
  }

 private:
  void drop_statements() noexcept {
    const Deadline deadline(std::chrono::steady_clock::now() + std::chrono::seconds(1));
    try {
      owner_.execute("DEALLOCATE ALL", deadline);
    } catch (const std::exception&) {
      owner_.abandon();
    }
  }

  PostgresConnection& owner_;
  LentConnection lent_;
  bool prepared_ = false;
};

PqxxLease::PqxxLease(Lease& lease) : loan_(std::make_unique<Loan>(usable_connection(lease))) {}

PqxxLease::~PqxxLease() = default;

PqxxConnection& PqxxLease::connection() noexcept {
  return loan_->connection();
}

void PqxxLease::prepare(const std::string& name, const std::string& definition) {
  loan_->prepare(name, definition);
}

ErrorKind error_kind(const pqxx::failure& error) noexcept {
  if (dynamic_cast<const pqxx::broken_connection*>(&error) != nullptr) return ErrorKind::network;
  if (dynamic_cast<const pqxx::in_doubt_error*>(&error) != nullptr) return ErrorKind::network;
  const auto* const sql = dynamic_cast<const pqxx::sql_error*>(&error);
  return sql == nullptr ? ErrorKind::query : kind_of_sqlstate(sql->sqlstate());
}

}  // namespace dbpool
