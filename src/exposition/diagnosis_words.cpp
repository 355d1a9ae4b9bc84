#include "exposition/diagnosis_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "exposition/next_step.hpp"

namespace dbpool {
namespace {

constexpr double minute = 60, hour = 3600;
/// A pool that was watched for less is diagnosed with a reservation.
constexpr double full_window = 5 * minute;

std::string counted(std::uint64_t number, std::string_view noun, std::string_view verb = "") {
  const bool is_one = number == 1;
  const std::string phrase = fmt::format("{} {}{}", number, noun, is_one ? "" : "s");
  return verb.empty() ? phrase : fmt::format("{} {}{}", phrase, verb, is_one ? "s" : "");
}

std::string lasting(double seconds) {
  if (seconds < 1) return fmt::format("{:.3g} ms", seconds * 1000);
  if (seconds < 2 * minute) return fmt::format("{:.3g} s", seconds);
  if (seconds < 2 * hour) return fmt::format("{:.0f} min", seconds / minute);
  return fmt::format("{:.1f} h", seconds / hour);
}

std::string with_error(std::string words, const DiagnosedFigures& f) {
  if (!f.error.empty()) words.append(": ").append(f.error);
  return words + ".";
}

std::string waiting_words(const DiagnosedFigures& f) {
  return counted(f.waiting.value_or(0), "caller", "wait");
}

/// Describes how full the pool is; "" = not known.
std::string use_words(const DiagnosedFigures& f) {
  if (f.active && f.max) return fmt::format("{} of {} connections are in use", *f.active, *f.max);
  if (f.used_share) return fmt::format("{:.0f} % of the pool is in use", *f.used_share * 100);
  return f.active ? counted(*f.active, "connection") + (f.active == 1U ? " is" : " are") + " in use" : "";
}

/// Joins the known parts of a description of the load.
std::string load_words(const DiagnosedFigures& f) {
  std::vector<std::string> parts;
  if (std::string used = use_words(f); !used.empty()) parts.push_back(std::move(used));
  if (f.waiting) parts.push_back(*f.waiting == 0 ? "no caller waits" : waiting_words(f));
  return fmt::format("{}", fmt::join(parts, " and "));
}

std::string contradiction_words(const DiagnosedFigures& f) {
  if (f.waiting.value_or(0) > 0)
    return fmt::format("{} although {} idle: these figures contradict each other.", waiting_words(f),
                       counted(f.idle.value_or(0), "connection") + (f.idle == 1U ? " is" : " are"));
  return fmt::format("The source reports a lost database and {}: these figures contradict each other.",
                     counted(f.total.value_or(0), "open connection"));
}

std::string not_full_words(const DiagnosedFigures& f) {
  const std::string words = fmt::format("{} although only {} of {} connections are open", waiting_words(f),
                                        f.total ? std::to_string(*f.total) : "some", f.max.value_or(0));
  return with_error(f.error.empty() ? words : words + "; the last connect failed", f);
}

std::string pause_words(const Diagnosis& d) {
  const std::string held =
      fmt::format("The pooler has {} this pool", d.ground == Ground::paused ? "paused" : "disabled");
  return d.figures.waiting.value_or(0) == 0 ? held + "."
                                            : fmt::format("{}; {}.", held, waiting_words(d.figures));
}

std::string leak_words(const DiagnosedFigures& f) {
  const std::uint64_t leases = f.leaked.value_or(0);
  std::string words = counted(leases, "lease") + (leases == 1 ? " is" : " are") + " suspected of leaking";
  double longest = 0;
  std::vector<std::string> sites;
  for (const LeakSite& site : f.sites) {
    sites.push_back(fmt::format("{} at {}", site.leases, site.site.empty() ? "an unknown site" : site.site));
    longest = std::max(longest, site.longest_held);
  }
  if (!sites.empty())
    words += fmt::format(": {}; the oldest has been held for {}", fmt::join(sites, ", "), lasting(longest));
  words += ".";
  if (f.max && leases >= *f.max) return words + " They fill the pool.";
  return f.full_after ? words + fmt::format(" At this rate they fill the pool in {}.", lasting(*f.full_after))
                      : words;
}

std::string longer_use_words(const DiagnosedFigures& f) {
  const double lately = f.mean_use.value_or(0), before = f.former_use.value_or(0);
  const double times = before > 0 ? lately / before : 0;
  const int decimals = times < 10 ? 1 : 0;
  return fmt::format(
      "A connection is in use for {} at a time, {:.{}f} times as long as over the hour ({}): the database or "
      "the "
      "code got slower. {}.",
      lasting(lately), times, decimals, lasting(before), load_words(f));
}

std::string full_words(const Diagnosis& d) {
  const std::string words = fmt::format("The pool is too small for its load: {}.", load_words(d.figures));
  if (!d.demand) return words + " How many connections are wanted at once is not known.";
  const std::string wanted = fmt::format("{:.1f} connections were wanted at once over the last {}", *d.demand,
                                         lasting(std::min(std::max(d.known_seconds, 1.0), full_window)));
  if (is_explained_by_demand(d))
    return fmt::format("{} {}, which needs a size of {}.", words, wanted, *d.needed_size);
  return fmt::format("{} On average {}, which its size could serve: a burst, or a load that has just begun.",
                     words, wanted);
}

std::string client_words(const DiagnosedFigures& f) {
  return fmt::format("{} of {} clients are connected", f.clients_used.value_or(0), f.clients_max.value_or(0));
}

std::string session_words(const DiagnosedFigures& f) {
  const std::string used = counted(f.server_connections.value_or(0), "session");
  return used + (f.server_connections_max
                     ? fmt::format(" of {} are open", *f.server_connections_max)
                     : std::string(f.server_connections == 1U ? " is open" : " are open"));
}

/// Describes how full a whole pooler, a whole server or a pool is; "" = not known.
std::string fullness_words(const DiagnosedFigures& f) {
  if (f.clients_used && f.clients_max) return client_words(f);
  return f.server_connections ? session_words(f) : load_words(f);
}

std::string fine_words(const DiagnosedFigures& f) {
  const std::string known = fullness_words(f);
  return known.empty() ? "Nothing is known to be wrong." : fmt::format("Nothing is wrong: {}.", known);
}

std::string unknown_words(const Diagnosis& d) {
  const DiagnosedFigures& f = d.figures;
  switch (d.ground) {
    case Ground::not_read:
      return with_error("The source cannot be read, so nothing is known of the pool", f);
    case Ground::closing:
      return "The pool is shutting down.";
    case Ground::no_clients:
      return "The pool has no clients and no server connections, so nothing is known of the database.";
    case Ground::no_server:
      return fmt::format(
          "{} and the pool has no server connection: it is paused, or no server can be opened.",
          f.waiting.value_or(0) > 0 ? waiting_words(f) : "The exporter's own client waits");
    case Ground::contradiction:
      return contradiction_words(f);
    case Ground::not_full:
      return not_full_words(f);
    case Ground::no_max:
      return fmt::format("{}, and it is not known how many connections the pool may have.", waiting_words(f));
    case Ground::no_figures:
      return "No figure that a verdict needs is known.";
    default:
      return "The pool is new, or its first connections are not open yet.";
  }
}

std::string limit_words(const Diagnosis& d) {
  const DiagnosedFigures& f = d.figures;
  if (d.ground == Ground::client_limit)
    return fmt::format("The pooler accepts no further client: {}.", client_words(f));
  if (d.ground == Ground::server_limit)
    return fmt::format("The server accepts no further session: {}.", session_words(f));
  if (d.ground == Ground::refused_limit) return with_error("A limit on connections elsewhere is used up", f);
  return fmt::format("{} although the pool could have more connections: {} of the pooler is used up.",
                     waiting_words(f), f.limited_by);
}

std::string down_words(const Diagnosis& d) {
  if (d.ground == Ground::failed_logins)
    return with_error("The pooler cannot log in to the database", d.figures);
  const bool lost = d.ground == Ground::lost_contact;
  return with_error(
      lost ? "The last contact with the database failed" : "No connection to the database can be had",
      d.figures);
}

std::string watched_words(double seconds) {
  if (seconds < 1) return " The exporter has only begun to watch the pool.";
  return fmt::format(" The pool has been watched for {} only.", lasting(seconds));
}

std::string verdict_words(const Diagnosis& d) {
  switch (d.verdict) {
    case Verdict::unknown:
      return unknown_words(d);
    case Verdict::paused:
      return pause_words(d);
    case Verdict::database_down:
      return down_words(d);
    case Verdict::limit_elsewhere:
      return limit_words(d);
    case Verdict::leak:
      return leak_words(d.figures);
    case Verdict::slow_use:
      return longer_use_words(d.figures);
    case Verdict::too_small:
      return full_words(d);
    case Verdict::ok:
      return fine_words(d.figures);
  }
  return "";
}

}  // namespace

std::string diagnosis_words(const Diagnosis& diagnosis) {
  std::string words = verdict_words(diagnosis);
  const bool compares = diagnosis.verdict >= Verdict::slow_use;
  if (!compares || diagnosis.known_seconds >= full_window) return words;
  return words + watched_words(diagnosis.known_seconds);
}

}  // namespace dbpool
