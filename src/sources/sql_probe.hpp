#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sources/probe.hpp"

namespace dbpool {

/// One thing to ask.
struct Statement {
  std::string sql;
  bool required = true;  ///< false: a server that does not know it has no answer, and the reading goes on
  /// Of an earlier statement: if that was answered, this one is not asked, and has no answer.
  std::optional<std::size_t> unless = std::nullopt;
};

/// One for each statement; nullopt where the server does not know it.
using Answers = std::vector<std::optional<QueryResult>>;

/// The answer to the statement of that index; one without columns and rows where there is none.
const QueryResult& answer_of(const Answers& answers, std::size_t index);

/// Asks a server over one connection, which it keeps from one reading to the next. One that has ended
/// meanwhile (a restart, an idle timeout) is replaced within the same reading and deadline; only if that
/// fails has the reading failed. What the server did not know it is not asked again over that connection: it
/// may log each time.
class SqlProbe : public Probe {
 public:
  /// Turns the answers into figures. Pure. throws Error for an answer that lacks what it must have.
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
  std::set<std::size_t> unknown_;  // statements, to the server at the other end
};

}  // namespace dbpool
