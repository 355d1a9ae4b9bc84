#include "exposition/json_diagnosis.hpp"

#include <cmath>
#include <utility>

#include "exposition/diagnosis_words.hpp"
#include "exposition/next_step.hpp"

namespace dbpool {
namespace {

/// Rounds to millionths; a whole number is written as one.
Json rounded_json(const std::optional<double>& value) {
  constexpr double millionths = 1e6;
  if (!value || !std::isfinite(*value)) return nullptr;
  return json_seconds(std::round(*value * millionths) / millionths);
}

Json evidence_json(const Diagnosis& diagnosis) {
  Json list = Json::array();
  for (const Evidence& found : diagnosis.evidence) {
    list.push_back({{"figure", found.figure},
                    {"value", rounded_json(found.value)},
                    {"bound", rounded_json(found.bound)}});
  }
  return list;
}

Json sites_json(const Diagnosis& diagnosis) {
  Json list = Json::array();
  for (const LeakSite& site : diagnosis.figures.sites) {
    list.push_back({{"site", site.site},
                    {"leases", site.leases},
                    {"longest_held_seconds", rounded_json(site.longest_held)}});
  }
  return list;
}

void add_diagnosis(Json& into, const NamedPool& pool) {
  const Diagnosis& diagnosis = *pool.report.diagnosis;
  into["pool"] = pool.name();
  into["verdict"] = to_string(diagnosis.verdict);
  into["sentence"] = diagnosis_words(diagnosis);
  into["evidence"] = evidence_json(diagnosis);
  into["next_step"] = json_of(next_step(diagnosis));
  into["demand"] = rounded_json(diagnosis.demand);
  into["needed_size"] = json_of(diagnosis.needed_size);
  into["runbook"] = json_of(std::string(runbook(diagnosis)));
  into["sites"] = sites_json(diagnosis);
  into["known_seconds"] = rounded_json(diagnosis.known_seconds);
}

}  // namespace

Json diagnoses_json(const FleetSnapshot& fleet) {
  Json list = Json::array();
  for (const NamedPool& pool : named_pools(fleet)) {
    if (pool.report.diagnosis != nullptr) add_diagnosis(list.emplace_back(Json::object()), pool);
  }
  return {{"status", "success"}, {"diagnoses", std::move(list)}};
}

Json pool_diagnosis_json(const NamedPool& pool) {
  Json document = Json::object();
  document["status"] = "success";
  add_diagnosis(document, pool);
  return document;
}

}  // namespace dbpool
