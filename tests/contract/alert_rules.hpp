#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace dbpool {

/// Returns the folder `alerts` of the source tree.
std::filesystem::path alerts_folder();

/// Returns the recording and alerting rules of both files.
std::vector<YAML::Node> rules();
std::vector<YAML::Node> alert_rules();
/// Returns the names of the alerts; one alert may have several rules.
std::set<std::string> alert_names();

/// Returns the text of a scalar; "" if it is missing.
std::string text(const YAML::Node& node);

/// Returns what a file contains. REQUIRES: it exists; otherwise the test case fails.
std::string read(const std::filesystem::path& file);
/// Returns the files of a directory. `extension`: with its dot.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& directory,
                                            const std::string& extension);
/// Returns the last group of each match of `pattern`.
std::vector<std::string> words(const std::string& text, const char* pattern);

}  // namespace dbpool
