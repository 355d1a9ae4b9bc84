#include "cli/document.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "cli/no_answer.hpp"
#include "cli/terminal_text.hpp"

namespace dbpool {
namespace {

constexpr int deepest = 32;     // nesting; writing a document again takes stack for each level
constexpr double exact = 1e15;  // below it, a double shows whole numbers exactly
constexpr std::array<std::string_view, 3> worst_first{"unhealthy", "degraded", "unknown"};

/// Parses JSON; `discarded` if the text is not JSON or too deep.
Document parse_json(const std::string& text) {
  bool is_deep = false;
  const auto keep = [&](int depth, Document::parse_event_t, const Document&) {
    is_deep = is_deep || depth > deepest;
    return !is_deep;
  };
  Document document = Document::parse(text, keep, false);
  return is_deep ? Document(Document::value_t::discarded) : document;
}

const Document* field(const Document& document, std::string_view key) {
  if (!document.is_object()) return nullptr;
  const auto found = document.find(std::string(key));
  return found == document.end() ? nullptr : &*found;
}

std::string advice_on(long status) {
  constexpr long unauthorized = 401, forbidden = 403, not_found = 404;
  if (status == unauthorized) return "It asks for a login: give --user and --password-file.";
  if (status == forbidden) return "This login may not read it.";
  if (status == not_found)
    return "Check that --url is the address of a dbpool_exporter of this version or later, with the path of "
           "a "
           "proxy before it.";
  return "Check that --url is the address of a dbpool_exporter.";
}

}  // namespace

Document read_document(const Answer& answer, const std::string& url) {
  constexpr long ok = 200;
  if (answer.status != ok) {
    const std::string error = error_in(answer);
    throw NoAnswer(
        fmt::format("{} answered {}{}{}", printable(url), answer.status, error.empty() ? "" : ": ", error),
        advice_on(answer.status));
  }
  Document document = parse_json(answer.body);
  if (!document.is_object())
    throw NoAnswer(fmt::format("{} answered other than the exporter does", printable(url)),
                   advice_on(answer.status));
  return document;
}

std::string error_in(const Answer& answer) {
  return text_in(parse_json(answer.body), "error");
}

std::string text_in(const Document& document, std::string_view key) {
  const Document* const found = field(document, key);
  return found != nullptr && found->is_string() ? printable(found->get_ref<const std::string&>()) : "";
}

std::optional<double> number_in(const Document& document, std::string_view key) {
  const Document* const found = field(document, key);
  if (found == nullptr || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::vector<Document> objects_in(const Document& document, std::string_view key) {
  std::vector<Document> objects;
  const Document* const list = field(document, key);
  if (list == nullptr || !list->is_array()) return objects;
  for (const Document& item : *list) {
    if (item.is_object()) objects.push_back(item);
  }
  return objects;
}

std::vector<std::string> texts_in(const Document& document, std::string_view key) {
  std::vector<std::string> texts;
  const Document* const list = field(document, key);
  if (list == nullptr || !list->is_array()) return texts;
  for (const Document& item : *list) {
    if (item.is_string()) texts.push_back(printable(item.get_ref<const std::string&>()));
  }
  return texts;
}

std::string shown_number(const std::optional<double>& number) {
  if (!number) return "-";
  const bool is_whole = *number == std::floor(*number) && std::abs(*number) < exact;
  return is_whole ? fmt::format("{:.0f}", *number) : fmt::format("{:.4g}", *number);
}

int rank(std::string_view status) {
  const auto* const found = std::ranges::find(worst_first, status);
  return static_cast<int>(found - worst_first.begin());
}

}  // namespace dbpool
