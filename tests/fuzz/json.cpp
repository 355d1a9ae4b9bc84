// Any document of an application yields sound figures that are in the document, or an error that quotes
// nothing of it.
#include <algorithm>
#include <string>

#include "dbpool/model/error.hpp"
#include "exposition/json_stats.hpp"
#include "fuzz_target.hpp"
#include "shown_reading.hpp"
#include "sources/http_json/reader.hpp"
#include "sources/http_json/value.hpp"

using namespace dbpool;
using test::Input;
using test::read_source;
using test::require;
using test::ShownReading;

namespace {

constexpr std::string_view marker = "Pl4ntedPw";

/// Returns nullopt for a document in none of the known forms.
std::optional<ProbeResult> read(const HttpJsonOptions& options, const std::string& document) {
  try {
    return parse_http_json(read_source, options, document);
  } catch (const Error& error) {
    require(std::string_view(error.what()).find(marker) == std::string_view::npos, "a refusal quotes nothing",
            document);
    return std::nullopt;
  }
}

void require_mapped(const HttpJsonOptions& options, const ProbeResult& result, const std::string& document) {
  const auto require_mapped = [&](PoolSnapshot::Count PoolSnapshot::*figure, const char* field) {
    const bool follows = options.fields.contains("total") &&
                         (figure == &PoolSnapshot::idle || figure == &PoolSnapshot::active);
    if (options.fields.contains(field) || follows) return;
    for (const auto& pool : result.pools) require(!(pool.*figure), "a figure comes from its field", document);
  };
  require_mapped(&PoolSnapshot::idle, "idle");
  require_mapped(&PoolSnapshot::active, "active");
  require_mapped(&PoolSnapshot::waiting, "waiting");
  require_mapped(&PoolSnapshot::created, "created");
}

/// Requires the same figures from a reader that treats this exporter as an application.
void require_same_at_second_hand(const ShownReading& shown, const std::string& document) {
  const auto& pools = shown.fleet().sources[0].pools;
  if (pools.size() != 1) return;
  const PoolSnapshot& first = pools[0].figures;
  const auto again = read({}, json_text(stats_json(shown.fleet())));
  require(again && again->pools.size() == 1, "one pool stays one", document);
  const PoolSnapshot& second = again->pools[0];
  const auto require_same = [&](auto PoolSnapshot::*figure) {
    require(second.*figure == first.*figure, "a figure is the same at second hand", document);
  };
  require_same(&PoolSnapshot::idle);
  require_same(&PoolSnapshot::active);
  require_same(&PoolSnapshot::max);
  require_same(&PoolSnapshot::min);
  require_same(&PoolSnapshot::configured);
  require_same(&PoolSnapshot::waiting);
  require_same(&PoolSnapshot::created);
  require_same(&PoolSnapshot::max_age);
  require(second.total() == first.total(), "a total is the same at second hand", document);
}

void check(const HttpJsonOptions& options, const std::string& document) {
  const auto result = read(options, document);
  if (!result) return;
  const ShownReading shown(SourceKind::http_json, *result);
  shown.require_sound(document);
  if (options.preset == "custom") require_mapped(options, *result, document);
  if (options.preset == "eros") {
    const PoolSnapshot& pool = result->pools.at(0);
    require(!pool.max || pool.max >= pool.configured, "the overflow makes a pool no smaller", document);
  }
  require_same_at_second_hand(shown, document);
  const auto again = read(options, read_json(document).dump(1));
  require(again && ShownReading(SourceKind::http_json, *again).metrics() == shown.metrics(),
          "white space says nothing", document);
}

/// Maps every field to a top-level member of the same name.
HttpJsonOptions every_field() {
  HttpJsonOptions options;
  options.preset = "custom";
  for (const PoolField& field : pool_fields()) {
    options.fields.emplace(field.name, "/" + std::string(field.name));
  }
  return options;
}

/// Reads lines `field=place` or `pools=pointer` up to an empty line.
HttpJsonOptions read_mapping(Input& input) {
  HttpJsonOptions options;
  options.preset = "custom";
  for (std::string_view line = input.line(); !line.empty(); line = input.line()) {
    const auto equals = std::min(line.find('='), line.size() - 1);
    const std::string field(line.substr(0, equals)), place(line.substr(equals + 1));
    if (field == "pools") {
      options.pools = place;
    } else if (http_json_field_problem(field, place).empty()) {
      options.fields.insert_or_assign(field, place);
    }
  }
  return options;
}

}  // namespace

/// Input: the mapping of a preset `custom`, an empty line, and the document.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const HttpJsonOptions every = every_field();
  Input input(bytes, size);
  const HttpJsonOptions mapping = read_mapping(input);
  const std::string document(input.rest());
  for (const std::string_view preset : http_json_preset_names) {
    HttpJsonOptions options;
    options.preset = preset;
    if (preset != "custom") check(options, document);
  }
  check(every, document);
  if (!mapping.fields.empty()) check(mapping, document);
  return 0;
}
