#include "dbpool_events/sender.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "dbpool_events/datagram_writer.hpp"

namespace dbpool_events {
namespace {

constexpr std::size_t capacity = 8192;  // events that wait for the thread; further ones are dropped
constexpr std::chrono::milliseconds interval{100};
constexpr std::chrono::seconds sampling{1};
constexpr std::size_t longest_name = 256;

std::uint64_t nanoseconds(Sender::Nanoseconds duration) {
  return static_cast<std::uint64_t>(std::max(duration, Sender::Nanoseconds::zero()).count());
}

}  // namespace

Sender::Sender(std::string_view address) : writer_(std::make_unique<DatagramWriter>(address)) {
  queue_.reserve(capacity);
  spare_.reserve(capacity);
  thread_ = std::thread([this] { run(); });
}

Sender::~Sender() {
  close();
}

void Sender::close() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

std::shared_ptr<Sender> Sender::from_environment() {
  const char* const address = std::getenv("DBPOOL_EVENTS");
  return address == nullptr || *address == '\0' ? nullptr : std::make_shared<Sender>(address);
}

Sender::Pool Sender::pool(std::string_view name) {
  const std::lock_guard lock(mutex_);
  return {*this, *names_.insert(clean(name, longest_name)).first};
}

void Sender::push(Event event) {
  bool reached_half = false;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() == capacity) {
      ++unsent_;
      ++dropped_;
      return;
    }
    queue_.push_back(std::move(event));
    reached_half = queue_.size() == capacity / 2;
    half_full_ = half_full_ || reached_half;
  }
  if (reached_half) work_.notify_one();
}

/// Returns whether there will be more.
bool Sender::wait_for_work() {
  std::unique_lock lock(mutex_);
  work_.wait_for(lock, interval, [this] { return stopping_ || half_full_; });
  half_full_ = false;
  return !stopping_;
}

void Sender::run() {
  bool more = true;
  while (more) {
    more = wait_for_work();
    sample();
    write();
  }
}

void Sender::sample() {
  const auto now = std::chrono::steady_clock::now();
  if (now - sampled_ < sampling) return;
  sampled_ = now;
  const std::lock_guard lock(watching_);
  for (const auto& [name, read] : watched_) {
    for (const Gauge& gauge : read()) push({gauge.name, "g", name, gauge.value});
  }
}

void Sender::write() {
  std::uint64_t unsent = 0;
  {
    const std::lock_guard lock(mutex_);
    queue_.swap(spare_);
    unsent = std::exchange(unsent_, 0);
  }
  const std::uint64_t failed = writer_->failed();
  for (const Event& event : spare_) writer_->add(event);
  writer_->flush();
  writer_->skip(unsent);
  dropped_ += writer_->failed() - failed;
  spare_.clear();
}

void Sender::Pool::push(Event event) const {
  if (sender_ != nullptr) sender_->push(std::move(event));
}

void Sender::Pool::acquired(Nanoseconds waited, std::uint64_t lease, std::optional<Site> site) const {
  push({"acquired", "ms", name_, nanoseconds(waited), lease, std::move(site)});
}

void Sender::Pool::released(Nanoseconds held, std::uint64_t lease) const {
  push({"released", "ms", name_, nanoseconds(held), lease});
}

void Sender::Pool::acquire_timeout(Nanoseconds waited) const {
  push({"acquire_timeout", "ms", name_, nanoseconds(waited)});
}

void Sender::Pool::acquire_rejected() const {
  push({"acquire_rejected", "c", name_, 1});
}

void Sender::Pool::connected(Nanoseconds took) const {
  push({"connected", "ms", name_, nanoseconds(took)});
}

void Sender::Pool::connect_failed(std::uint64_t count) const {
  if (count > 0) push({"connect_failed", "c", name_, count});
}

void Sender::Pool::error(std::string_view type, std::uint64_t count) const {
  if (count > 0) push({"error", "c", name_, count, 0, {}, type});
}

void Sender::Pool::closed(std::string_view reason, std::uint64_t count) const {
  if (count > 0) push({"closed", "c", name_, count, 0, {}, reason});
}

void Sender::Pool::watch(ReadGauges read) const {
  if (sender_ == nullptr) return;
  const std::lock_guard lock(sender_->watching_);
  sender_->watched_[name_] = std::move(read);
}

void Sender::Pool::unwatch() const {
  if (sender_ == nullptr) return;
  const std::lock_guard lock(sender_->watching_);
  sender_->watched_.erase(name_);
}

}  // namespace dbpool_events
