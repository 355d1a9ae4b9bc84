#include "drivers/postgres/connect.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "dbpool/model/error.hpp"
#include "drivers/postgres/connection.hpp"
#include "model/contains.hpp"

namespace dbpool {
namespace {

/// Returns the last SQLSTATE in a verbose libpq text, which has it as `FATAL:  28P01: …` in every language;
/// "" = none.
std::string find_sqlstate(std::string_view text) {
  static constexpr std::string_view before = ":  ";
  for (std::size_t at = text.rfind(before); at != std::string_view::npos; at = text.rfind(before, at - 1)) {
    const std::string_view code = text.substr(at + before.size(), 5);
    const std::string_view after = text.substr(std::min(at + before.size() + 5, text.size()), 2);
    const auto is_code = [](unsigned char c) { return std::isdigit(c) != 0 || std::isupper(c) != 0; };
    if (code.size() == 5 && after == ": " && std::all_of(code.begin(), code.end(), is_code))
      return std::string(code);
    if (at == 0) break;
  }
  return "";
}

/// Returns whether a pooler refused the user or the password. PgBouncer has one SQLSTATE for every error
/// (08P01); its words are in no other language.
bool is_login_refused_by_pooler(std::string_view sqlstate, std::string_view text) {
  static constexpr std::array<std::string_view, 4> words{"authentication failed", "no such user",
                                                         "login rejected", "auth failed"};
  return sqlstate == "08P01" &&
         std::ranges::any_of(words, [&](std::string_view word) { return contains(text, word); });
}

/// Returns a verbose libpq text as one line, without libpq's hints and the positions in the server's source.
std::string essence(std::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty() || line.front() == '\t' || line.starts_with("LOCATION:")) continue;
    kept.append(kept.empty() ? "" : "; ").append(line);
  }
  return kept;
}

}  // namespace

PostgresTarget PostgresContext::target() {
  // A driver throws only DriverErrors. The error of a DSN file names the file and no secret.
  const auto text = [this] {
    try {
      return dsn.read();
    } catch (const DriverError&) {
      throw;
    } catch (const Error& error) {
      throw DriverError(ErrorKind::connect, std::string("cannot connect to PostgreSQL: ") + error.what());
    }
  }();
  PostgresTarget target = read_target(text);
  if (place) target.places = {*place};
  *info.access() = PoolInfo{"postgres", target.database, target.user, {}};
  return target;
}

std::optional<IoWait> PostgresConnect::advance(TimePoint now) {
  if (step_ == Step::read) read(now);
  if (step_ == Step::look_up) {
    if (const auto wait = look_up(now)) return wait;
    expand();
    start(now);
  }
  return connect(now);
}

std::unique_ptr<Connection> PostgresConnect::take() {
  return std::make_unique<PostgresConnection>(std::move(conn_), std::move(target_.secrets), context_->threads,
                                              context_->cancel);
}

void PostgresConnect::read(TimePoint now) {
  target_ = context_->target();
  for (const PostgresPlace& place : target_.places) {
    const auto same = [&](const Name& name) { return name.host == place.host; };
    if (!place.needs_lookup() || std::any_of(names_.begin(), names_.end(), same)) continue;
    names_.push_back({place.host, context_->threads->names.look_up(place.host)});
  }
  if (target_.places.size() > 1) names_deadline_ = Deadline(now + deadline_.remaining(now) / 2);
  step_ = Step::look_up;
}

std::optional<IoWait> PostgresConnect::look_up(TimePoint now) {
  const bool enough = names_deadline_ && names_deadline_->passed(now);
  bool usable = names_.size() < target_.places.size();
  std::optional<IoWait> wait;
  for (const Name& name : names_) {
    const auto result = name.lookup.result();
    usable = usable || (result && result->problem.empty());
    if (!result && !wait) wait = IoWait{name.lookup.fd(), POLLIN, deadline_.when()};
  }
  if (!wait || (enough && usable)) return std::nullopt;
  if (deadline_.passed(now)) time_out("its host name was not found in time");
  if (names_deadline_ && !enough) wait->until = names_deadline_->when();
  return wait;
}

void PostgresConnect::expand() {
  std::string problem;
  for (const PostgresPlace& place : target_.places) {
    if (!place.needs_lookup()) {
      places_.push_back(place);
      continue;
    }
    const auto same = [&](const Name& name) { return name.host == place.host; };
    const auto result = std::find_if(names_.begin(), names_.end(), same)->lookup.result();
    if (!result) continue;
    if (!result->problem.empty()) problem = "cannot look up host \"" + place.host + "\": " + result->problem;
    for (const std::string& address : result->numeric) places_.push_back({place.host, address, place.port});
  }
  if (places_.empty()) {
    throw DriverError(ErrorKind::connect,
                      "cannot connect to PostgreSQL " + target_.describe() + ": " + problem);
  }
  names_.clear();
}

void PostgresConnect::start(TimePoint now) {
  conn_ = start_libpq(target_, places_);
  if (PQstatus(conn_.get()) == CONNECTION_BAD) fail();
  PQsetNoticeProcessor(
      conn_.get(), [](void*, const char*) {}, nullptr);
  // Only verbose texts contain the SQLSTATE of a refused connect.
  PQsetErrorVerbosity(conn_.get(), PQERRORS_VERBOSE);
  events_ = POLLOUT;
  trying_ = 0;
  trying_ = current();
  asked_for_tls_ = false;
  renew_share(now);
  step_ = Step::connect;
}

std::optional<IoWait> PostgresConnect::connect(TimePoint now) {
  if (deadline_.passed(now)) time_out("no answer in time");
  if (places_.size() > 1 && share_.passed(now)) {
    places_.erase(places_.begin() + static_cast<std::ptrdiff_t>(trying_));
    start(now);
  }
  if (ready()) {
    const PostgresPollingStatusType status = PQconnectPoll(conn_.get());
    if (status == PGRES_POLLING_OK) return std::nullopt;
    if (status == PGRES_POLLING_FAILED) fail();
    events_ = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (const std::size_t index = current(); index != trying_) {
      trying_ = index;
      asked_for_tls_ = false;
      renew_share(now);
    }
    asked_for_tls_ = asked_for_tls_ || PQstatus(conn_.get()) == CONNECTION_SSL_STARTUP;
  }
  return IoWait{PQsocket(conn_.get()), events_, std::min(deadline_.when(), share_.when())};
}

/// Returns whether the socket is ready. PQconnectPoll must not be called before: it would report an
/// unfinished connect as finished.
bool PostgresConnect::ready() const {
  pollfd waiting{PQsocket(conn_.get()), events_, 0};
  return ::poll(&waiting, 1, 0) > 0;
}

std::size_t PostgresConnect::current() const {
  const auto text = [](const char* value) { return std::string(value == nullptr ? "" : value); };
  const std::string address = text(PQhostaddr(conn_.get()));
  const std::string host = text(PQhost(conn_.get()));
  const std::string port = text(PQport(conn_.get()));
  const auto tried = std::find_if(places_.begin(), places_.end(), [&](const PostgresPlace& place) {
    return place.port == port && (place.address.empty() ? place.host == host : place.address == address);
  });
  return tried == places_.end() ? trying_ : static_cast<std::size_t>(tried - places_.begin());
}

void PostgresConnect::renew_share(TimePoint now) {
  const auto left = static_cast<Duration::rep>(places_.size() - trying_);
  share_ = left > 1 ? Deadline(now + deadline_.remaining(now) / left) : deadline_;
}

void PostgresConnect::fail() const {
  const std::string text = PQerrorMessage(conn_.get());
  std::string sqlstate = find_sqlstate(text);
  const bool refused = sqlstate.starts_with("28") || is_login_refused_by_pooler(sqlstate, text) ||
                       PQconnectionNeedsPassword(conn_.get()) != 0;
  std::string message = "cannot connect to PostgreSQL " + target_.describe() + ": " +
                        redacted_line(essence(text), target_.secrets);
  if (refused && !target_.passfile_problem.empty()) message += "; " + target_.passfile_problem;
  throw DriverError(refused ? ErrorKind::authentication : ErrorKind::connect, message, std::move(sqlstate));
}

/// Returns whether the server accepted the connection but did not answer a request that every server answers
/// at once.
bool PostgresConnect::unanswered() const {
  const ConnStatusType status = PQstatus(conn_.get());
  return status == CONNECTION_SSL_STARTUP || (status == CONNECTION_AWAITING_RESPONSE && !asked_for_tls_);
}

void PostgresConnect::time_out(const std::string& reason) const {
  const std::string message = "cannot connect to PostgreSQL " + target_.describe() + ": " + reason;
  if (unanswered()) throw ConnectUnanswered(message);
  throw DriverError(ErrorKind::timeout, message);
}

}  // namespace dbpool
