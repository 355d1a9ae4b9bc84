#include "sources/hinted_probe.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

/// SQLSTATEs of a server that reads `SHOW POOLS` as a setting of its own, or has no such database.
constexpr std::string_view unknown_setting = "42704", unknown_database = "3D000";

bool says_any(const DriverError& error, std::initializer_list<std::string_view> phrases) {
  const std::string_view text = error.what();
  return std::ranges::any_of(phrases, [text](auto one) { return text.find(one) != std::string_view::npos; });
}

std::string_view hint_for(SourceKind kind, const DriverError& error) {
  const bool not_understood = error.sqlstate() == unknown_setting;
  switch (kind) {
    case SourceKind::pgbouncer:
      // PgBouncer uses one SQLSTATE for every error.
      if (!not_understood && error.sqlstate() != unknown_database &&
          !says_any(error, {"no such database", "bouncer config error"})) {
        return "";
      }
      return "PgBouncer's pools are shown by its console alone, which is the database \"pgbouncer\"";
    case SourceKind::pgpool:
      return not_understood ? "this server is not Pgpool-II; is the port right?" : "";
    case SourceKind::pg_stat_activity:
      // PgBouncer's console answers a SELECT with one of these.
      if (!says_any(error, {"failed: failure (08P01)", "invalid command"})) return "";
      return "this is PgBouncer's console; allowed: a database of the PostgreSQL server";
    default:
      return "";
  }
}

class HintedOperation : public ProbeOperation {
 public:
  HintedOperation(std::unique_ptr<ProbeOperation> operation, SourceKind kind)
      : operation_(std::move(operation)), kind_(kind) {}

  std::optional<IoWait> advance(TimePoint now) override {
    try {
      return operation_->advance(now);
    } catch (const ConnectUnanswered&) {
      throw;
    } catch (const DriverError& error) {
      const std::string_view hint = hint_for(kind_, error);
      if (hint.empty()) throw;
      throw DriverError(error.kind(), std::string(error.what()) + "; " + std::string(hint), error.sqlstate());
    }
  }
  const void* blocks_on() const noexcept override { return operation_->blocks_on(); }
  ProbeResult take() override { return operation_->take(); }

 private:
  const std::unique_ptr<ProbeOperation> operation_;
  const SourceKind kind_;
};

class HintedProbe : public Probe {
 public:
  HintedProbe(std::unique_ptr<Probe> probe, SourceKind kind) : probe_(std::move(probe)), kind_(kind) {}

  std::unique_ptr<ProbeOperation> start_read(Deadline deadline) override {
    return std::make_unique<HintedOperation>(probe_->start_read(deadline), kind_);
  }

 private:
  const std::unique_ptr<Probe> probe_;
  const SourceKind kind_;
};

}  // namespace

std::unique_ptr<Probe> hinted_probe(std::unique_ptr<Probe> probe, SourceKind kind) {
  return std::make_unique<HintedProbe>(std::move(probe), kind);
}

}  // namespace dbpool
