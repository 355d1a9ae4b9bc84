#include "config/parse_yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>

#include "config/expand.hpp"

namespace dbpool {
namespace {

// Aliases share nodes in the parsed document but not in our tree, so a small file could make a huge tree.
constexpr int most_values = 200'000;
constexpr int deepest_nesting = 16;

int line_of(const YAML::Mark& mark) {
  return mark.line + 1;
}

class Converter {
 public:
  Converter(const Environment& environment, Problems& problems)
      : environment_(environment), problems_(problems) {}

  /// `line`: the line of its key, for a value that has no position of its own.
  Value convert(const YAML::Node& node, std::string path, int line, int depth = 0) {
    Value value;
    value.path = std::move(path);
    value.line = node.IsNull() || node.Mark().is_null() ? line : line_of(node.Mark());
    if (++count_ > most_values || depth > deepest_nesting) {
      if (!overflowed_)
        problems_.add(value, "too many or too deeply nested values, counting aliases; allowed: fewer");
      overflowed_ = true;
      value.kind = Value::Kind::broken;
    } else if (node.IsScalar()) {
      fill_text(node, value);
    } else if (node.IsSequence()) {
      fill_list(node, value, depth);
    } else if (node.IsMap()) {
      fill_mapping(node, value, depth);
    }
    return value;
  }

 private:
  void fill_text(const YAML::Node& node, Value& value) {
    auto expansion = expand(node.Scalar(), environment_);
    value.kind = Value::Kind::text;
    value.expanded = expansion.used_variable;
    value.quoted = node.Tag() != "?" && !value.expanded;
    if (expansion.problem.empty() && expansion.text.find('\0') != std::string::npos) {
      expansion.problem = "a text with a NUL character; allowed: any other character";
    }
    if (!expansion.problem.empty()) {
      problems_.add(value, expansion.problem);
      value.kind = Value::Kind::broken;
    }
    value.text = std::move(expansion.text);
  }

  void fill_list(const YAML::Node& node, Value& value, int depth) {
    value.kind = Value::Kind::list;
    for (const auto& item : node) {
      value.items.push_back(
          convert(item, fmt::format("{}[{}]", value.path, value.items.size()), value.line, depth + 1));
      if (overflowed_) return;
    }
  }

  void fill_mapping(const YAML::Node& node, Value& value, int depth) {
    value.kind = Value::Kind::mapping;
    for (const auto& member : node) {
      const int line = line_of(member.first.Mark());
      if (!member.first.IsScalar()) {
        problems_.add(line, value.path, "a key that is not a text; allowed: the name of an option");
        continue;
      }
      const std::string& key = member.first.Scalar();
      const std::string shown = shown_key(key).empty() ? "…" : key;
      const std::string path = value.path.empty() ? shown : value.path + "." + shown;
      value.members.push_back({key, line, convert(member.second, path, line, depth + 1)});
      if (overflowed_) return;
    }
  }

  const Environment& environment_;
  Problems& problems_;
  int count_ = 0;
  bool overflowed_ = false;
};

/// Records the line on which a document begins and ignores its content.
class DocumentStart final : public YAML::EventHandler {
 public:
  int line = 0;  ///< from 1; 0 = none

  void OnDocumentStart(const YAML::Mark& mark) override { line = line_of(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}
};

/// Returns the line of a second document; 0 = none. (The parser can load all documents at once, but on some
/// malformed ones it never returns.)
int second_document(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStart first, second;
  if (parser.HandleNextDocument(first)) parser.HandleNextDocument(second);
  return second.line;
}

}  // namespace

Value parse_yaml(const std::string& text, const Environment& environment, Problems& problems) {
  Value broken;
  broken.kind = Value::Kind::broken;
  try {
    // With a line break at the end, the parser would accept a quote that is never closed.
    const auto trimmed = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
    const int second = second_document(trimmed);
    if (second == 0) return Converter(environment, problems).convert(YAML::Load(trimmed), "", 1);
    problems.add(second, "", "a second YAML document; allowed: one");
    return broken;
  } catch (const YAML::DeepRecursion& e) {
    problems.add(line_of(e.mark), "", "too deeply nested; allowed: fewer levels");
    return broken;
  } catch (const YAML::Exception& e) {
    // The text after a colon in these messages is a piece of the file, which may be a secret.
    const auto reason = e.msg.substr(0, e.msg.find(':'));
    const int line = e.mark.is_null() ? 1 : line_of(e.mark);
    problems.add(line, "", fmt::format("not valid YAML ({}); allowed: a YAML mapping", reason));
    return broken;
  }
}

}  // namespace dbpool
