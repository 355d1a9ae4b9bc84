#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sources/probe.hpp"

namespace dbpool {

/// A statement of a reading.
struct Statement {
  std::string sql;
  bool required = true;  ///< false: the reading continues when the server does not know the statement
  /// Index of an earlier statement. If that was answered, this one is skipped and has no answer.
  std::optional<std::size_t> fallback_for = std::nullopt;
};

/// One for each statement; nullopt if the server does not know it or it was skipped.
using Answers = std::vector<std::optional<QueryResult>>;

/// Returns the answer to the statement at `index`; one without columns and rows when there is none.
const QueryResult& answer_of(const Answers& answers, std::size_t index);

/// A probe that runs statements over one connection, which it keeps from one reading to the next. A kept
/// connection that has ended (a restart, an idle timeout) is replaced within the same reading and deadline. A
/// statement that the server does not know is not sent again over that connection, since the server may log
/// each attempt.
class SqlProbe : public Probe {
 public:
  /// Turns the answers into figures. Pure, except for what it remembers of earlier readings. throws Error for
  /// an answer that lacks a required part.
  using Parse = std::function<ProbeResult(const Answers&)>;

  SqlProbe(std::shared_ptr<Driver> driver, std::vector<Statement> statements, Parse parse)
      : driver_(std::move(driver)), statements_(std::move(statements)), parse_(std::move(parse)) {}

  std::unique_ptr<ProbeOperation> start_read(Deadline deadline) override;

 private:
  class Reading;

  const std::shared_ptr<Driver> driver_;
  const std::vector<Statement> statements_;
  const Parse parse_;
  std::unique_ptr<Connection> connection_;
  std::set<std::size_t> unknown_;  // statements that the server of this connection does not know
};

}  // namespace dbpool
