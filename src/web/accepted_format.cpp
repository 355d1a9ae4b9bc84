#include "web/accepted_format.hpp"

#include "model/ascii.hpp"
#include "model/blank_ends.hpp"
#include "web/weighted_list.hpp"

namespace dbpool {
namespace {

/// A media type that we have.
struct Offer {
  std::string_view type, subtype, version;
};

constexpr Offer openmetrics_offer{"application", "openmetrics-text", "1.0.0"};
constexpr Offer text_offer{"text", "plain", "0.0.4"};

/// How closely a range of media types describes an offer.
enum class Match { none, anything, type, subtype, version };

struct Preference {
  Match match = Match::none;
  double weight = 0;
};

/// Returns the version in the parameters of a range; "" if there is none.
std::string_view version_in(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = next_part(parameters, ';');
    const std::string_view name = next_part(value, '=');
    if (same_but_for_case(name, "version")) return without_ends(value, "\"");
  }
  return "";
}

Match match_of(std::string_view type, std::string_view parameters, const Offer& offer) {
  const std::string_view main = next_part(type, '/');
  if (main == "*") return type == "*" ? Match::anything : Match::none;
  if (!same_but_for_case(main, offer.type)) return Match::none;
  if (type == "*") return Match::type;
  if (!same_but_for_case(type, offer.subtype)) return Match::none;
  const std::string_view version = version_in(parameters);
  if (version.empty()) return Match::subtype;
  return version == offer.version ? Match::version : Match::none;
}

/// Returns what the closest range says of an offer; of several as close, the one that weighs most.
Preference preference_for(const Offer& offer, std::string_view accept) {
  Preference closest;
  while (!accept.empty()) {
    std::string_view parameters = next_part(accept, ',');
    const std::string_view type = next_part(parameters, ';');
    const Match match = match_of(type, parameters, offer);
    const double weight = weight_in(parameters);
    if (match == Match::none || match < closest.match) continue;
    if (match > closest.match || weight > closest.weight) closest = {match, weight};
  }
  return closest;
}

}  // namespace

MetricsFormat accepted_format(std::string_view accept) {
  const Preference wanted = preference_for(openmetrics_offer, accept);
  const Preference other = preference_for(text_offer, accept);
  const bool is_named = wanted.match >= Match::subtype;
  const bool is_preferred = wanted.weight > other.weight || (wanted.weight == other.weight && is_named);
  return wanted.weight > 0 && is_preferred ? MetricsFormat::openmetrics : MetricsFormat::prometheus;
}

std::string_view content_type_of(MetricsFormat format) {
  return format == MetricsFormat::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                              : "text/plain; version=0.0.4; charset=utf-8";
}

}  // namespace dbpool
