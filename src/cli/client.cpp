#include "cli/client.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <ranges>

#include "cli/document.hpp"
#include "cli/explain_view.hpp"
#include "cli/status_view.hpp"
#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

constexpr const char* health_path = "/connections/pools/health";
constexpr const char* diagnosis_path = "/connections/pools/diagnosis";
constexpr std::size_t most_names = 10;  // in an error

/// Returns the document with all but ASCII escaped, so that no terminal is harmed.
std::string json_lines(const Document& document) {
  return document.dump(2, ' ', true, Document::error_handler_t::replace) + "\n";
}

/// Returns whether nothing needs attention: healthy, or no threshold applies at all.
bool is_well(const Document& pool) {
  const auto judged = pool.find("judged");
  return text_in(pool, "status") == "healthy" || (judged != pool.end() && *judged == false);
}

ClientExit exit_for_all(const Document& health) {
  const std::string overall = text_in(health, "overall_status");
  if (overall == "healthy") return ClientExit::healthy;
  const auto pools = objects_in(health, "pools");
  const bool is_quiet = overall == "unknown" && !pools.empty() && std::ranges::all_of(pools, is_well);
  return is_quiet ? ClientExit::healthy : ClientExit::not_healthy;
}

/// Returns the entry of a pool in the document of health. throws Error, with names to choose from.
Document find_pool(const Document& health, const std::string& name) {
  std::vector<std::string> names;
  for (const Document& pool : objects_in(health, "pools")) {
    names.push_back(text_in(pool, "name"));
    if (names.back() == name) return pool;
  }
  const bool is_cut = names.size() > most_names;
  if (is_cut) names.resize(most_names);
  throw Error(fmt::format(
      "explain: there is no pool named \"{}\"; there {}: {}{}", name, names.size() == 1 ? "is" : "are",
      names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")), is_cut ? ", …" : ""));
}

ClientExit explain_one(const ClientOptions& options, const Asked& asked, Colours colours, std::ostream& out) {
  const Document health = read_document(asked(health_path), options.url);
  const Document pool = find_pool(health, printable(options.pool));
  const Answer answer = asked(diagnosis_path + std::string("/") + percent_encoded(options.pool));
  constexpr long not_found = 404;
  if (answer.status == not_found) throw Error("explain: " + error_in(answer));
  const Document diagnosis = read_document(answer, options.url);
  out << (options.output == ClientOptions::Output::json
              ? json_lines(diagnosis)
              : explain_view(diagnosis, text_in(pool, "status"), colours));
  return is_well(pool) ? ClientExit::healthy : ClientExit::not_healthy;
}

ClientExit explain_all(const ClientOptions& options, const Asked& asked, Colours colours, std::ostream& out) {
  const Document health = read_document(asked(health_path), options.url);
  const Document document = read_document(asked(diagnosis_path), options.url);
  if (options.output == ClientOptions::Output::json) {
    out << json_lines(document);
    return exit_for_all(health);
  }
  std::map<std::string, std::string> statuses;
  for (const Document& pool : objects_in(health, "pools"))
    statuses.emplace(text_in(pool, "name"), text_in(pool, "status"));
  const auto status_of = [&](const Document& diagnosis) {
    const auto found = statuses.find(text_in(diagnosis, "pool"));
    return found == statuses.end() ? std::string("unknown") : found->second;
  };
  auto diagnoses = objects_in(document, "diagnoses");
  std::ranges::stable_sort(diagnoses, {}, [&](const auto& one) { return rank(status_of(one)); });
  const char* separator = "";
  for (const Document& diagnosis : diagnoses) {
    out << separator << explain_view(diagnosis, status_of(diagnosis), colours);
    separator = "\n";
  }
  return exit_for_all(health);
}

ClientExit status(const ClientOptions& options, const Asked& asked, Colours colours, std::ostream& out) {
  const Document health = read_document(asked(health_path), options.url);
  out << (options.output == ClientOptions::Output::json ? json_lines(health) : status_view(health, colours));
  return exit_for_all(health);
}

}  // namespace

ClientExit run_client(const ClientOptions& options, const Asked& asked, Colours colours, std::ostream& out) {
  if (options.command == ClientOptions::Command::status) return status(options, asked, colours, out);
  return options.pool.empty() ? explain_all(options, asked, colours, out)
                              : explain_one(options, asked, colours, out);
}

}  // namespace dbpool
