#include "sources/sql/sql_probe.hpp"

#include <exception>
#include <utility>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

/// Returns whether the server rejected the statement and kept the connection. PgBouncer's console reports an
/// unknown statement with an SQLSTATE of class 08 (connection exceptions).
bool is_unknown(const DriverError& error, const Connection& connection) {
  const bool refused = error.kind() == ErrorKind::query || error.sqlstate().starts_with("08");
  return refused && !connection.is_broken();
}

}  // namespace

/// One reading: connects if necessary, then runs the statements in order. Replaces a kept connection that has
/// ended once, within the same deadline. Leaves no connection behind after a failure.
class SqlProbe::Reading : public ProbeOperation {
 public:
  Reading(SqlProbe& probe, Deadline deadline)
      : probe_(probe), deadline_(deadline), kept_(probe.connection_ != nullptr) {}

  std::optional<IoWait> advance(TimePoint now) override {
    try {
      return go_on(now);
    } catch (const DriverError& error) {
      drop();
      if (error.kind() != ErrorKind::network || !std::exchange(kept_, false)) throw;
    } catch (...) {
      drop();
      throw;
    }
    return advance(now);
  }

  ProbeResult take() override { return probe_.parse_(answers_); }

 private:
  /// Drops the connection and its answers: the next one may reach another process.
  void drop() {
    asking_.reset();
    probe_.connection_.reset();
    answers_.clear();
  }

  std::optional<IoWait> go_on(TimePoint now) {
    if (probe_.connection_ == nullptr) {
      if (const auto wait = connect(now)) return wait;
    }
    while (answers_.size() < probe_.statements_.size()) {
      if (is_spared(answers_.size())) {
        answers_.emplace_back();
      } else if (const auto wait = ask(answers_.size(), now)) {
        return wait;
      }
    }
    return std::nullopt;
  }

  std::optional<IoWait> connect(TimePoint now) {
    if (connecting_ == nullptr) connecting_ = probe_.driver_->start_connect(deadline_);
    if (const auto wait = connecting_->advance(now)) return wait;
    probe_.connection_ = connecting_->take();
    probe_.unknown_.clear();
    connecting_.reset();
    return std::nullopt;
  }

  bool is_spared(std::size_t index) const {
    const auto better = probe_.statements_[index].fallback_for;
    return probe_.unknown_.contains(index) || (better && answers_[*better]);
  }

  std::optional<IoWait> ask(std::size_t index, TimePoint now) {
    const Statement& statement = probe_.statements_[index];
    if (asking_ == nullptr) {
      answer_ = {};
      asking_ = probe_.connection_->start_query(statement.sql, deadline_, &answer_);
    }
    bool known = true;
    try {
      if (const auto wait = asking_->advance(now)) return wait;
    } catch (const DriverError& error) {
      if (statement.required || !is_unknown(error, *probe_.connection_)) throw;
      known = false;
      probe_.unknown_.insert(index);
    }
    asking_.reset();
    answers_.push_back(known ? std::optional(std::move(answer_)) : std::nullopt);
    return std::nullopt;
  }

  SqlProbe& probe_;
  Deadline deadline_;
  bool kept_;  // the connection is from an earlier reading
  std::unique_ptr<ConnectOperation> connecting_;
  QueryResult answer_;
  std::unique_ptr<Operation> asking_;  // uses the connection and `answer_`
  Answers answers_;
};

const QueryResult& answer_of(const Answers& answers, std::size_t index) {
  static const QueryResult none;
  return index < answers.size() && answers[index] ? *answers[index] : none;
}

std::unique_ptr<ProbeOperation> SqlProbe::start_read(Deadline deadline) {
  if (connection_ != nullptr && connection_->is_broken()) connection_.reset();
  return std::make_unique<Reading>(*this, deadline);
}

}  // namespace dbpool
