#include "contract/promql.hpp"

#include <regex>

namespace dbpool {
namespace {

using Matches = std::sregex_iterator;

const std::regex grouping(R"(\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\))");

}  // namespace

std::vector<Selector> selectors_in(const std::string& expression) {
  static const std::regex with_matchers(R"(([A-Za-z_:][\w:]*)\{([^}]*)\}(?:\[([^\]]*)\])?)");
  static const std::regex text_or_range(R"("[^"]*"|\[[^\]]*\])");
  static const std::regex word(R"(\b[A-Za-z_:][\w:]*\b(?!\s*\())");
  static const std::set<std::string> operators{"and", "or", "unless", "offset", "bool"};
  std::string rest = std::regex_replace(expression, grouping, "");
  std::vector<Selector> found;
  for (Matches match(rest.begin(), rest.end(), with_matchers), end; match != end; ++match) {
    found.push_back({(*match)[1], (*match)[2], (*match)[3]});
  }
  rest = std::regex_replace(rest, with_matchers, "");
  rest = std::regex_replace(rest, text_or_range, "");
  for (Matches match(rest.begin(), rest.end(), word), end; match != end; ++match) {
    if (!operators.contains(match->str())) found.push_back({match->str(), "", ""});
  }
  return found;
}

std::set<std::string> labels_in(const Selector& selector) {
  static const std::regex matcher(R"re(([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)\s*"[^"]*")re");
  std::set<std::string> labels;
  const std::string& text = selector.matchers;
  for (Matches match(text.begin(), text.end(), matcher), end; match != end; ++match)
    labels.insert((*match)[1]);
  return labels;
}

std::set<std::string> grouping_labels_in(const std::string& expression) {
  static const std::regex word(R"(\w+)");
  std::set<std::string> labels;
  for (Matches match(expression.begin(), expression.end(), grouping), end; match != end; ++match) {
    const std::string list = (*match)[1];
    for (Matches label(list.begin(), list.end(), word); label != end; ++label) labels.insert(label->str());
  }
  return labels;
}

}  // namespace dbpool
