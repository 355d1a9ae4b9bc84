#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/ask.hpp"

namespace dbpool {

/// A document of the exporter. Another program may have answered, so a field may be missing or of any type.
using Document = nlohmann::ordered_json;

/// Returns the document in an answer. throws NoAnswer, with the cause and what to check, unless its status is
/// 200 and its body is a JSON object without deep nesting.
Document read_document(const Answer& answer, const std::string& url);

/// Returns the message in the body of an error, printable; "" = it has none.
std::string error_in(const Answer& answer);

/// Returns a text, printable; "" if the field has none.
std::string text_in(const Document& document, std::string_view key);
std::optional<double> number_in(const Document& document, std::string_view key);
/// Returns the objects, or the texts, of a list; others are left out.
std::vector<Document> objects_in(const Document& document, std::string_view key);
std::vector<std::string> texts_in(const Document& document, std::string_view key);

/// Returns a whole number without a fraction, another with four digits; "-" for nullopt.
std::string shown_number(const std::optional<double>& number);

/// Returns how bad a health status is: 0 = unhealthy; for sorting.
int rank(std::string_view status);

}  // namespace dbpool
