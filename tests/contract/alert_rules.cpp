#include "contract/alert_rules.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <regex>

namespace dbpool {

namespace fs = std::filesystem;

fs::path alerts_folder() {
  return fs::path(DBPOOL_SOURCE_DIR) / "alerts";
}

std::string read(const fs::path& file) {
  std::ifstream in(file);
  REQUIRE_MESSAGE(in.good(), file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> files_in(const fs::path& directory, const std::string& extension) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == extension) found.push_back(entry.path());
  }
  return found;
}

std::vector<std::string> words(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) {
    found.push_back(match->str(match->size() - 1));
  }
  return found;
}

std::vector<YAML::Node> rules() {
  std::vector<YAML::Node> all;
  for (const char* file : {"dbpool.rules.yml", "dbpool-slo.rules.yml"}) {
    for (const auto& group : YAML::LoadFile((alerts_folder() / file).string())["groups"]) {
      for (const auto& rule : group["rules"]) all.push_back(rule);
    }
  }
  return all;
}

std::string text(const YAML::Node& node) {
  return node ? node.as<std::string>() : "";
}

std::vector<YAML::Node> alert_rules() {
  std::vector<YAML::Node> all;  // never assign to a YAML::Node: that changes the node it refers to
  for (const auto& rule : rules()) {
    if (rule["alert"]) all.push_back(rule);
  }
  return all;
}

std::set<std::string> alert_names() {
  std::set<std::string> names;
  for (const auto& rule : alert_rules()) names.insert(text(rule["alert"]));
  return names;
}

}  // namespace dbpool
