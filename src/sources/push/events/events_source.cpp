#include "sources/push/events/events_source.hpp"

#include <chrono>
#include <utility>

namespace dbpool {
namespace {

/// Looks come every 5 s. A longer gap between two shows that the process was stopped.
constexpr auto longest_gap = std::chrono::seconds(15);

class EventsPools : public PushedPools {
 public:
  EventsPools(SharedBooks books, EventsObserver observer, TimePoint now)
      : books_(std::move(books)), observer_(std::move(observer)), looked_(now) {}

  ProbeResult pools(TimePoint now) override { return looked_at(now)->pools(now); }
  TimePoint changes_at() const override { return books_->access()->changes_at(); }
  PushCounts counts(TimePoint /*now*/) const override { return books_->access()->counts(); }

  void forget(TimePoint now) override {
    EventNews news;
    PushCounts counts;
    {
      const auto books = looked_at(now);
      books->forget(now);
      news = books->take_news();
      counts = books->counts();
    }
    if (observer_.on_look) observer_.on_look(news, counts);
  }

 private:
  /// Returns the books, in which a time without a look is no time of silence.
  Guarded<EventBooks>::Access looked_at(TimePoint now) {
    auto books = books_->access();
    const Duration gap = now - std::exchange(looked_, now);
    if (gap >= longest_gap) books->pardon(gap);
    return books;
  }

  const SharedBooks books_;
  const EventsObserver observer_;
  TimePoint looked_;  ///< guarded by the lock of the books
};

class EventsDoor : public PushDoor {
 public:
  explicit EventsDoor(std::vector<std::unique_ptr<EventReceiver>> receivers)
      : receivers_(std::move(receivers)) {}

  std::string address() const override {
    std::string all;
    for (const auto& receiver : receivers_) all.append(all.empty() ? "" : ", ").append(receiver->address());
    return all;
  }

 private:
  const std::vector<std::unique_ptr<EventReceiver>> receivers_;
};

}  // namespace

SharedBooks event_books(const ProbeOptions& source, const EventsOptions& options, const Clock& clock) {
  EventBooks::Options of_books;
  of_books.source = source.name;
  LedgerOptions& ledger = of_books.pool.ledger;
  ledger.acquisition_buckets = std::make_shared<const BucketBounds>(options.histogram_buckets);
  ledger.error_window = options.error_window;
  ledger.wait_window = options.wait_window;
  ledger.latency_objective = source.latency_objective;
  of_books.pool.leak_detection_timeout = options.leak_detection_timeout;
  of_books.stale_after = options.stale_after;
  of_books.bounds.pools = source.limit;
  of_books.mapping = options.mapping;
  return std::make_shared<Guarded<EventBooks>>(std::move(of_books), Arrival{clock.now(), clock.wall()});
}

std::shared_ptr<PushedPools> events_pools(SharedBooks books, EventsObserver observer, TimePoint now) {
  return std::make_shared<EventsPools>(std::move(books), std::move(observer), now);
}

OpenDoor events_door(const EventsOptions& options, const SharedBooks& books, const Runtime& runtime,
                     const EventsObserver& observer) {
  std::vector<EventReceiver::Open> opens;
  if (!options.path.empty()) {
    opens.emplace_back(
        [path = PathOptions{options.path, options.mode, options.group}] { return open_path_inbox(path); });
  }
  if (options.listen) {
    const std::string host = options.listen->host.empty() ? "0.0.0.0" : options.listen->host;
    opens.emplace_back([udp = UdpOptions{host, options.listen->port}] { return open_udp_inbox(udp); });
  }
  return [=] {
    std::vector<std::unique_ptr<EventReceiver>> receivers;
    for (const EventReceiver::Open& open : opens) {
      const auto on_reopened = [=, path = options.path](const std::string& problem) {
        if (observer.on_reopened) observer.on_reopened(path, problem);
      };
      receivers.push_back(std::make_unique<EventReceiver>(open, books, runtime, on_reopened));
    }
    if (observer.on_open) {
      for (const auto& receiver : receivers) observer.on_open(receiver->address(), receiver->buffer());
    }
    return std::make_unique<EventsDoor>(std::move(receivers));
  };
}

}  // namespace dbpool
