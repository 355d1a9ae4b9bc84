#include "sources/http_json_reader.hpp"

#include <algorithm>
#include <utility>

#include "dbpool/model/error.hpp"
#include "model/utf8.hpp"
#include "sources/http_json_value.hpp"

namespace dbpool {
namespace {

using nlohmann::json;
using Documents = std::vector<json>;

constexpr std::size_t longest_name = 200;

/// A place: `pointer`, or `reference#pointer`.
struct Place {
  std::string reference;
  std::vector<std::string> pointer;
};

Place read_place(const std::string& text) {
  const bool is_pointer = text.empty() || text.front() == '/';
  const std::size_t hash = is_pointer ? std::string::npos : text.find('#');
  if (is_pointer) return {"", json_pointer(text)};
  if (hash == std::string::npos) throw Error("neither a JSON pointer nor reference#pointer");
  return {text.substr(0, hash), json_pointer(std::string_view(text).substr(hash + 1))};
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

/// `within`: what the pointers into the first document begin at.
JsonPool read_pool(const JsonShape& shape, const Documents& documents, const json& within) {
  JsonPool pool;
  for (const JsonMapping& mapping : shape.mappings) {
    const json& from = mapping.document == 0 ? within : documents[mapping.document];
    if (const json* const value = json_at(from, mapping.pointer)) mapping.field->set(pool, *value);
  }
  return pool;
}

/// Returns how many figures it has.
std::size_t add(ProbeResult& result, JsonPool pool, const std::string& label) {
  const std::size_t figures = pool.figures;
  PoolSnapshot& snapshot = result.pools.emplace_back(finished(std::move(pool)));
  snapshot.pool = label;
  return figures;
}

/// Returns how many figures they have.
std::size_t add_all(ProbeResult& result, const std::string& source, const JsonShape& shape,
                    const Documents& documents) {
  const json& pools = *json_at(documents[0], shape.marker);
  std::size_t index = 0, figures = 0;
  for (const auto& [key, value] : pools.items()) {
    if (!value.is_object()) throw Error("its answer has a pool that is no JSON object");
    JsonPool pool = read_pool(shape, documents, value);
    std::string name = pool.name.empty() ? key : pool.name;
    if (pool.name.empty() && pools.is_array()) name = std::to_string(index);
    ++index;
    figures += add(result, std::move(pool),
                   source + "/" + valid_utf8(std::string_view(name).substr(0, longest_name)));
  }
  return figures;
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
  const JsonField* const known = find_json_field(field);
  if (known == nullptr) throw Error("there is no field \"" + field + "\"");
  Place read = read_place(place);
  auto at = std::ranges::find(references_, read.reference);
  if (at == references_.end()) at = references_.insert(at, read.reference);
  shapes_[0].mappings.push_back(
      {known, std::move(read.pointer), static_cast<std::size_t>(at - references_.begin())});
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

ProbeResult HttpJsonReader::read(const std::string& source, const std::vector<std::string>& documents) const {
  Documents read;
  for (const std::string& text : documents) read.push_back(read_json(text));
  const JsonShape& shape = shape_of(read.at(0));
  const bool is_list = preset_ == "custom" && references_[0].empty() && read[0].is_array();
  ProbeResult result;
  std::size_t figures = 0;
  if (shape.has_pools || is_list) {
    if (!json_at(read[0], shape.marker)->is_structured())
      throw Error("its answer has no pools where they should be");
    figures = add_all(result, source, shape, read);
  } else {
    figures = add(result, read_pool(shape, read, read[0]), source);
  }
  const bool found = result.pools.empty() || figures > 0;
  if (preset_ == "custom" && !found) throw Error("its answer has a number in none of the fields");
  return result;
}

std::string http_json_field_problem(const std::string& field, const std::string& place) {
  if (find_json_field(field) == nullptr)
    return "no such field; allowed: those in the README's table of fields";
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
  return reader.read(source, std::vector<std::string>(reader.references().size(), text));
}

}  // namespace dbpool
