#include "sources/http_json/reader.hpp"

#include <algorithm>
#include <utility>

#include "dbpool/model/error.hpp"
#include "model/utf8.hpp"
#include "sources/http_json/value.hpp"

namespace dbpool {
namespace {

using nlohmann::json;
using Documents = std::vector<json>;

/// Where a value is: `pointer`, or `reference#pointer`.
struct Place {
  std::string reference;
  std::vector<std::string> pointer;
  std::string shown;  ///< the pointer only, since a reference may hold a secret
};

std::string shown(std::string_view pointer) {
  constexpr std::size_t longest = 100;
  return pointer.empty() ? "the empty pointer" : valid_utf8(pointer.substr(0, longest));
}

Place read_place(const std::string& text) {
  const bool is_pointer = text.empty() || text.front() == '/';
  const std::size_t hash = is_pointer ? std::string::npos : text.find('#');
  if (is_pointer) return {"", json_pointer(text), shown(text)};
  if (hash == std::string::npos) throw Error("neither a JSON pointer nor reference#pointer");
  const std::string_view pointer = std::string_view(text).substr(hash + 1);
  return {text.substr(0, hash), json_pointer(pointer), shown(pointer)};
}

bool is_what(const json& value, JsonShape::Marker what) {
  switch (what) {
    case JsonShape::Marker::object:
      return value.is_object();
    case JsonShape::Marker::array:
      return value.is_array();
    case JsonShape::Marker::any:
      return true;
  }
  return false;
}

/// Names the type of a value without quoting it.
std::string json_type(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  if (value.is_string()) return "a text";
  return value.is_boolean() ? "true or false" : "a number";
}

/// The pools of one reading, collected one by one.
class Pools {
 public:
  Pools(const JsonShape& shape, const Documents& documents)
      : shape_(shape), documents_(documents), problems_(shape.mappings.size()), found_(problems_.size()) {}

  /// Reads one pool. `within`: the value at which pointers into the first document begin.
  PoolDraft read(const json& within) {
    PoolDraft pool;
    for (std::size_t i = 0; i < shape_.mappings.size(); ++i) {
      const JsonMapping& mapping = shape_.mappings[i];
      const json* const value =
          json_at(mapping.document == 0 ? within : documents_[mapping.document], mapping.pointer);
      const bool is_set = value != nullptr && set_field(pool, *mapping.field, *value);
      found_[i] = found_[i] || is_set || (value != nullptr && value->is_null());
      if (!found_[i] && (value != nullptr || problems_[i].empty())) problems_[i] = problem_of(mapping, value);
    }
    figures_ += pool.figures;
    return pool;
  }

  void add(PoolDraft pool, const PoolKey::Parts& key) {
    PoolSnapshot& snapshot = reading_.result.pools.emplace_back(finished(std::move(pool)));
    snapshot.key = PoolKey(key);
  }

  std::size_t figures() const { return figures_; }

  /// Returns the reading with a lookup for each field. REQUIRES: called once, at the end.
  JsonReading with_fields() && {
    for (std::size_t i = 0; i < problems_.size() && !reading_.result.pools.empty(); ++i) {
      reading_.lookups.push_back(
          {std::string(shape_.mappings[i].field->name), found_[i] ? "" : std::move(problems_[i])});
    }
    return std::move(reading_);
  }
  /// Returns the reading with one lookup for all figures. REQUIRES: called once, at the end.
  JsonReading with_preset(const std::string& preset) && {
    const bool found = figures_ > 0 || reading_.result.pools.empty();
    reading_.lookups = {{"", found ? "" : "its answer has no figure that preset " + preset + " knows"}};
    return std::move(reading_);
  }

 private:
  static std::string problem_of(const JsonMapping& mapping, const json* value) {
    const std::string text = std::string(mapping.field->name) + ": " + mapping.shown + " leads to ";
    return value == nullptr ? text + "nothing" : text + json_type(*value) + ", which cannot be its value";
  }

  const JsonShape& shape_;
  const Documents& documents_;
  std::vector<std::string> problems_;  ///< by mapping
  std::vector<bool> found_;
  std::size_t figures_ = 0;
  JsonReading reading_;
};

void add_all(Pools& pools, const std::string& source, const json& documents) {
  std::size_t index = 0;
  for (const auto& [key, value] : documents.items()) {
    if (!value.is_object()) throw Error("its answer has a pool that is no JSON object");
    PoolDraft pool = pools.read(value);
    std::string name = pool.name.empty() ? key : pool.name;
    if (pool.name.empty() && documents.is_array()) name = std::to_string(index);
    ++index;
    pools.add(std::move(pool), {.source = source, .name = std::move(name)});
  }
}

/// Describes a document without any figure: the problems of the first fields that were not found.
std::string without_figures(const std::vector<FieldLookup>& lookups) {
  constexpr int most = 3;
  std::string text = "its answer has a number in none of the fields";
  int named = 0;
  for (const FieldLookup& lookup : lookups) {
    if (!lookup.problem.empty() && named++ < most) text += "; " + lookup.problem;
  }
  return named > most ? text + "; …" : text;
}

}  // namespace

HttpJsonReader::HttpJsonReader(const HttpJsonOptions& options)
    : preset_(options.preset), shapes_(http_json_shapes(options.preset)) {
  const auto is_in_first = [](const auto& field) { return read_place(field.second).reference.empty(); };
  if (preset_ != "custom" || !options.pools.empty() || std::ranges::any_of(options.fields, is_in_first)) {
    references_ = {""};
  }
  if (preset_ != "custom") return;
  shapes_ = {JsonShape{json_pointer(options.pools), JsonShape::Marker::any, !options.pools.empty(), {}}};
  for (const auto& [field, place] : options.fields) map_field(field, place);
  if (shapes_[0].mappings.empty()) throw Error("preset custom needs fields");
}

void HttpJsonReader::map_field(const std::string& field, const std::string& place) {
  const PoolField* const known = find_pool_field(field);
  if (known == nullptr) throw Error("there is no field \"" + field + "\"");
  Place read = read_place(place);
  auto at = std::ranges::find(references_, read.reference);
  if (at == references_.end()) at = references_.insert(at, read.reference);
  shapes_[0].mappings.push_back({known, std::move(read.pointer),
                                 static_cast<std::size_t>(at - references_.begin()), std::move(read.shown)});
}

const JsonShape& HttpJsonReader::shape_of(const json& document) const {
  const auto fits = [&](const JsonShape& shape) {
    const json* const marker = json_at(document, shape.marker);
    return marker != nullptr && is_what(*marker, shape.marker_is);
  };
  const auto found = std::ranges::find_if(shapes_, fits);
  if (found != shapes_.end()) return *found;
  throw Error(preset_ == "custom" ? "its answer has nothing at the pointer to the pools"
                                  : "its answer is none of the documents of preset " + preset_);
}

JsonReading HttpJsonReader::read(const std::string& source, const std::vector<std::string>& documents) const {
  Documents read;
  for (const std::string& text : documents) read.push_back(read_json(text));
  const JsonShape& shape = shape_of(read.at(0));
  const bool is_custom = preset_ == "custom";
  const bool is_list = is_custom && references_[0].empty() && read[0].is_array();
  Pools pools(shape, read);
  if (shape.has_pools || is_list) {
    const json& list = *json_at(read[0], shape.marker);
    if (!list.is_structured()) throw Error("its answer has no pools where they should be");
    add_all(pools, source, list);
  } else {
    pools.add(pools.read(read[0]), {.source = source});
  }
  if (!is_custom) return std::move(pools).with_preset(preset_);
  const std::size_t figures = pools.figures();
  JsonReading reading = std::move(pools).with_fields();
  if (figures == 0 && !reading.result.pools.empty()) throw Error(without_figures(reading.lookups));
  return reading;
}

std::string http_json_field_problem(const std::string& field, const std::string& place) {
  if (find_pool_field(field) == nullptr)
    return "no such field; allowed: those in the table of fields in docs/sources/http_json.md";
  try {
    read_place(place);
    return "";
  } catch (const Error& error) {
    return std::string(error.what()) + "; allowed: a JSON pointer such as /a/0, or reference#/a/0";
  }
}

ProbeResult parse_http_json(const std::string& source, const HttpJsonOptions& options,
                            const std::string& text) {
  const HttpJsonReader reader(options);
  JsonReading reading = reader.read(source, std::vector<std::string>(reader.references().size(), text));
  reading.result.hints = MissingFields().after(reading.lookups, {});
  return std::move(reading.result);
}

}  // namespace dbpool
