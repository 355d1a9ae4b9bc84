#include "dbpool/pool/pool.hpp"

#include <limits>
#include <stdexcept>

#include "pool/pool_core.hpp"

namespace dbpool {
namespace {

PoolOptions checked_options(PoolOptions options) {
  if (options.max_size == 0 || options.min_size > options.max_size) {
    throw std::invalid_argument("pool '" + options.name +
                                "': max_size must be at least 1 and at least min_size");
  }
  if (options.max_overflow > std::numeric_limits<unsigned>::max() - options.max_size) {
    throw std::invalid_argument("pool '" + options.name + "': max_size and max_overflow are too large");
  }
  return options;
}

}  // namespace

Pool::Pool(PoolOptions options, std::shared_ptr<Driver> driver, Runtime runtime,
           std::shared_ptr<PoolObserver> observer)
    : core_(std::make_shared<PoolCore>(checked_options(std::move(options)), std::move(driver),
                                       std::move(runtime), std::move(observer))) {
  core_->start();
}

Pool::~Pool() {
  core_->abandon();
}

Lease Pool::acquire(const AcquireRequest& request, std::source_location where) {
  return core_->acquire(request, where);
}

std::optional<Lease> Pool::try_acquire(std::source_location where) {
  return core_->try_acquire(where);
}

void Pool::acquire_async(const AcquireRequest& request, LeasePurpose purpose, AsyncResult done,
                         std::source_location where) {
  core_->acquire_async(request, purpose, std::move(done), where);
}

bool Pool::warm_up(Duration timeout) {
  return core_->warm_up(timeout);
}
CloseResult Pool::close_connections() {
  return core_->close_connections();
}
void Pool::set_latency_objective(Duration objective) {
  core_->set_latency_objective(objective);
}
void Pool::shut_down() {
  core_->shut_down();
}
bool Pool::drain(Duration timeout) {
  return core_->drain(timeout);
}
PoolPhase Pool::phase() const {
  return core_->phase();
}
PoolSnapshot Pool::snapshot() const {
  return core_->snapshot();
}
std::vector<ConnectionSnapshot> Pool::connections() const {
  return core_->connections();
}
std::vector<LeakReport> Pool::leaks() const {
  return core_->leaks();
}
const PoolOptions& Pool::options() const noexcept {
  return core_->options();
}

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    release();
    core_ = other.core_;
    slot_ = std::exchange(other.slot_, nullptr);
  }
  return *this;
}

Lease::~Lease() {
  release();
}

void Lease::release() noexcept {
  if (Slot* slot = std::exchange(slot_, nullptr)) core_->give_back(*slot);
}

QueryResult Lease::execute(std::string_view sql) {
  const auto& clock = core_->clock();
  const auto began = clock.tick();
  try {
    const Deadline deadline = Deadline::after(clock.now(), core_->options().command_timeout);
    QueryResult result;
    run_here(*slot_->connection->start_query(std::string(sql), deadline, &result), clock, TimePoint::max());
    return result;
  } catch (const DriverError&) {
    core_->command_failed(*slot_, failure_of(std::current_exception()).value(), began);
    throw;
  }
}

Connection& Lease::connection() noexcept {
  return *slot_->connection;
}
void Lease::discard() noexcept {
  core_->discard(*slot_);
}
bool Lease::has_ended() const noexcept {
  return core_->has_ended(*slot_);
}
std::uint64_t Lease::id() const noexcept {
  return slot_->lease.id;
}

void Lease::check_async(Lease lease, const std::string& query, std::function<void(Lease)> done) {
  PoolCore& core = *lease.core_;
  core.check_lease(std::move(lease), query, std::move(done));
}

}  // namespace dbpool
