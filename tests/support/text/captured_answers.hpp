#pragma once

#include <filesystem>
#include <fstream>
#include <istream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "sources/sql/sql_probe.hpp"

namespace dbpool::test {

using Captured = std::map<std::string, QueryResult>;  ///< by statement

inline std::vector<std::optional<std::string>> split_row(const std::string& line) {
  std::vector<std::optional<std::string>> fields;
  for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
    end = line.find('|', begin);
    std::string field = line.substr(begin, end - begin);
    fields.push_back(field == "NULL" ? std::nullopt : std::optional(std::move(field)));
  }
  return fields;
}

/// Reads the output of psql with `-A -P null=NULL -P footer=off`: a line `== statement`, then the columns,
/// then the rows.
inline Captured read_captured(std::istream& in) {
  Captured all;
  QueryResult* result = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("== ")) {
      result = &all[line.substr(3)];
    } else if (result != nullptr && result->columns.empty()) {
      for (auto& column : split_row(line)) result->columns.push_back(column.value_or(""));
    } else if (result != nullptr && !line.empty()) {
      result->rows.push_back(split_row(line));
    }
  }
  return all;
}

/// throws std::runtime_error if the file is absent.
inline Captured read_captured(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return read_captured(in);
}

/// Returns the answers of a server that knows only the `captured` statements.
inline Answers answers_to(const std::vector<Statement>& statements, const Captured& captured) {
  Answers answers;
  for (const Statement& statement : statements) {
    const auto found = captured.find(statement.sql);
    answers.push_back(found == captured.end() ? std::nullopt : std::optional(found->second));
  }
  return answers;
}

}  // namespace dbpool::test
