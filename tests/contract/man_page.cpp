#include "contract/man_page.hpp"

#include <sstream>
#include <vector>

namespace dbpool {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::vector<std::string> cells_of(const std::string& row) {
  std::vector<std::string> cells;
  std::istringstream text(row.substr(1));
  for (std::string cell; std::getline(text, cell, '|');) {
    const auto first = cell.find_first_not_of(' ');
    const auto last = cell.find_last_not_of(' ');
    cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
  }
  return cells;
}

/// Returns what stands in parentheses after the meaning, or before it in a table of sources.
std::string remarks(const std::string& second, const std::string& fallback) {
  std::string text = second;
  if (!fallback.empty()) text += (text.empty() ? "" : "; ") + ("default " + fallback);
  return text.empty() ? "" : " (" + text + ")";
}

}  // namespace

std::string roff(std::string_view text) {
  std::string plain = replaced(std::string(text), "\\", "\\e");
  plain = replaced(replaced(plain, "-", "\\-"), "…", "...");
  std::string marked;
  bool is_code = false;
  for (const char c : plain) {
    if (c != '`') {
      marked += c;
      continue;
    }
    is_code = !is_code;
    marked += is_code ? "\\fB" : "\\fR";
  }
  return marked.starts_with('.') || marked.starts_with('\'') ? "\\&" + marked : marked;
}

std::string roff_entries(const std::string& table) {
  std::string entries;
  std::istringstream rows(table);
  int number = 0;
  for (std::string row; std::getline(rows, row);) {
    if (++number <= 2) continue;  // the head of the table
    auto cells = cells_of(row);
    if (cells.size() == 3) cells.insert(cells.begin() + 1, "");
    entries +=
        ".TP\n" + roff(cells.at(0)) + '\n' + roff(cells.at(3) + remarks(cells.at(1), cells.at(2))) + '\n';
  }
  return entries;
}

}  // namespace dbpool
