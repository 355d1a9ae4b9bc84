#include "sources/hinted_probe.hpp"

#include <doctest/doctest.h>

#include "dbpool/model/error.hpp"

using namespace dbpool;

namespace {

/// A probe whose readings all fail in the same way.
template <typename Failure>
class FailingProbe : public Probe {
 public:
  explicit FailingProbe(Failure failure) : failure_(std::move(failure)) {}

  std::unique_ptr<ProbeOperation> start_read(Deadline) override {
    class Failing : public ProbeOperation {
     public:
      explicit Failing(const Failure& failure) : failure_(failure) {}
      std::optional<IoWait> advance(TimePoint /*now*/) override { throw failure_; }
      ProbeResult take() override { return {}; }

     private:
      const Failure& failure_;
    };
    return std::make_unique<Failing>(failure_);
  }

 private:
  Failure failure_;
};

template <typename Failure>
std::string text_of(SourceKind kind, Failure failure) {
  const auto probe = hinted_probe(std::make_unique<FailingProbe<Failure>>(std::move(failure)), kind);
  try {
    probe->start_read(Deadline())->advance(TimePoint());
  } catch (const Failure& error) {
    return error.what();
  }
  return "";
}

const DriverError unknown_setting(ErrorKind::query, "unrecognized configuration parameter", "42704");
const DriverError no_such_database(ErrorKind::connect, "FATAL: no such database: app", "08P01");

}  // namespace

TEST_CASE("a server that is not what the source asks for is a cause that the error names") {
  const std::string console =
      "; PgBouncer's pools are shown by its console alone, which is the database \"pgbouncer\"";
  CHECK(text_of(SourceKind::pgbouncer, unknown_setting) == unknown_setting.what() + console);
  CHECK(text_of(SourceKind::pgbouncer, no_such_database) == no_such_database.what() + console);
  CHECK(text_of(SourceKind::pgpool, unknown_setting) ==
        std::string(unknown_setting.what()) + "; this server is not Pgpool-II; is the port right?");
}

TEST_CASE("an error that has other causes stays as it is") {
  const DriverError refused(ErrorKind::authentication, "no password", "28P01");
  CHECK(text_of(SourceKind::pgbouncer, refused) == refused.what());
  CHECK(text_of(SourceKind::pg_stat_activity, unknown_setting) == unknown_setting.what());
  CHECK(text_of(SourceKind::pgbouncer, Error("no such database")) == "no such database");
  CHECK(text_of(SourceKind::pgbouncer, ConnectUnanswered("no such database")) == "no such database");
}
