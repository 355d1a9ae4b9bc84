// An expression is read as it is meant or rejected without a quote of it, and whatever a mapping selects with
// it makes pools in bounded number, with figures that a pool can have.
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include "dbpool/model/error.hpp"
#include "fuzz_target.hpp"
#include "sources/mapping/mapped_samples.hpp"
#include "sources/prometheus/text_reader.hpp"

using namespace dbpool;
using test::Input;
using test::require;

namespace {

constexpr std::string_view marker = "Pl4ntedPw";
constexpr TextLimits limits{.bytes = 1 << 16, .line = 512, .families = 4};
constexpr std::size_t most_pools = 3;

std::optional<Expression> read(std::string_view text) {
  try {
    return parse_expression(text);
  } catch (const Error& error) {
    const std::string_view what = error.what();
    require(what.find(marker) == std::string_view::npos, "an error quotes nothing", text);
    return std::nullopt;
  }
}

std::string written(double number) {
  std::array<char, 400> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
}
std::string quoted(std::string_view text) {
  std::string made = "\"";
  for (const char c : text) made.append(c == '"' || c == '\\' ? "\\" : "").append(1, c);
  return made + '"';
}

/// Writes an expression without patterns in the form that every expression can have.
std::string written(const Expression& expression) {
  if (expression.terms.empty()) return written(expression.number);
  std::string text;
  for (const auto& [series, factor] : expression.terms) {
    text += factor < 0 ? "-" : text.empty() ? "" : "+";
    text += written(std::abs(factor)) + "*{" + quoted(series.name);
    for (const LabelMatcher& label : series.labels)
      text.append(",").append(quoted(label.label)).append("=").append(quoted(label.value));
    text += '}';
  }
  return text;
}

bool has_pattern(const Expression& expression) {
  for (const Term& term : expression.terms) {
    if (term.series.name_pattern) return true;
    for (const LabelMatcher& label : term.series.labels) {
      if (label.pattern) return true;
    }
  }
  return false;
}

void require_sound(const Expression& expression, std::string_view text) {
  for (const Term& term : expression.terms) {
    require(std::isfinite(term.factor) && term.factor != 0, "a factor is a number", text);
    require(term.series.name.empty() == static_cast<bool>(term.series.name_pattern), "a series has one name",
            text);
  }
  if (has_pattern(expression)) return;
  const std::string once = written(expression);
  const auto again = read(once);
  require(again && written(*again) == once, "an expression that is written is read as itself", once);
}

/// Reads a metrics text by fields that have the expression.
void require_sound_pools(const MappingOptions& options, std::string_view text) {
  const Mapping mapping(options, {});
  MappedSamples samples(mapping, most_pools);
  try {
    TextReader reader(TextFormat::prometheus, samples, limits);
    reader.read(text);
    reader.finish();
  } catch (const Error&) {
    // What was read before the error makes pools too.
  }
  KeptCounters kept;
  const ProbeResult result = samples.take("app", kept);
  require(result.pools.size() <= most_pools, "pools are limited", text);
  for (const PoolSnapshot& pool : result.pools) {
    require(pool.label().starts_with("app"), "a label begins with the source", pool.label());
    require(!pool.oldest_waiter || (std::isfinite(*pool.oldest_waiter) && *pool.oldest_waiter >= 0),
            "a duration is a number", text);
    require(!(pool.acquisition_duration && pool.wait_seconds), "waits have one place", text);
  }
}

}  // namespace

/// Input: an expression in one line, the template of the pools' names in the next, and a metrics text.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  Input input(bytes, size);
  const std::string expression(input.line()), pool(input.line());
  const auto parsed = read(expression);
  if (!parsed) return 0;
  require_sound(*parsed, expression);
  MappingOptions options{.presets = {"custom"}, .pool = pool};
  for (const char* const field :
       {"active", "acquisitions", "oldest_waiter", "acquisition_duration", "closed.idle"}) {
    if (mapped_text_problem(field, {expression}).empty()) options.fields[field] = {{expression}};
  }
  try {
    const PoolTemplate checked(pool);
  } catch (const Error&) {
    options.pool.reset();
  }
  require_sound_pools(options, input.rest());
  return 0;
}
