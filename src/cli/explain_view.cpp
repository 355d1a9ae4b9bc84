#include "cli/explain_view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dbpool {
namespace {

std::string evidence_lines(const Document& diagnosis) {
  const auto evidence = objects_in(diagnosis, "evidence");
  std::size_t width = 0;
  for (const Document& found : evidence) width = std::max(width, columns(text_in(found, "figure")));
  std::string text;
  for (const Document& found : evidence) {
    const auto bound = number_in(found, "bound");
    text += fmt::format("    {}  {}{}\n", padded(text_in(found, "figure"), width),
                        shown_number(number_in(found, "value")),
                        bound ? fmt::format(" (bound {})", shown_number(bound)) : "");
  }
  return text.empty() ? "" : "  Evidence:\n" + text;
}

std::string demand_line(const Document& diagnosis) {
  const auto demand = number_in(diagnosis, "demand"), needed = number_in(diagnosis, "needed_size");
  if (!demand) return "";
  return fmt::format("  Demand: {} connections at once{}\n", shown_number(demand),
                     needed ? fmt::format(", which need a size of {}", shown_number(needed)) : "");
}

std::string site_lines(const Document& diagnosis) {
  std::string text;
  for (const Document& site : objects_in(diagnosis, "sites")) {
    const std::string held =
        fmt::format("{} held, the longest for {} s", shown_number(number_in(site, "leases")),
                    shown_number(number_in(site, "longest_held_seconds")));
    text += wrapped("    ", text_in(site, "site") + ": " + held);
  }
  return text.empty() ? "" : "  Leaks:\n" + text;
}

std::string paragraph(std::string_view title, const std::string& text) {
  return text.empty() ? "" : wrapped(title, text);
}

}  // namespace

std::string explain_view(const Document& diagnosis, const std::string& status, Colours colours) {
  return fmt::format("{}: {}, {}\n", text_in(diagnosis, "pool"), painted(status, status, colours),
                     text_in(diagnosis, "verdict")) +
         paragraph("  ", text_in(diagnosis, "sentence")) + evidence_lines(diagnosis) +
         demand_line(diagnosis) + site_lines(diagnosis) +
         paragraph("  Next: ", text_in(diagnosis, "next_step")) +
         paragraph("  Runbook: ", text_in(diagnosis, "runbook"));
}

}  // namespace dbpool
