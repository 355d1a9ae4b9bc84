#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace dbpool {

/// The type of a family, as a `# TYPE` line declares it. Producers declare wrong types too, so the type says
/// how names are to be read, not what a value is.
enum class FamilyType { untyped, counter, gauge, histogram, summary, gauge_histogram, info, state_set };

/// What a sample is within its family. `value`: the family's value, or a quantile of a summary.
enum class SampleRole { value, bucket, sum, count, created };

/// How the name of a part of a histogram or summary ends, behind the family's.
struct PartEnding {
  std::string_view text;
  SampleRole role;
};

inline constexpr std::array<PartEnding, 3> part_endings{
    {{"_bucket", SampleRole::bucket}, {"_sum", SampleRole::sum}, {"_count", SampleRole::count}}};

/// A moment in the text, which has at most the precision of a millisecond.
using SampleTime = std::chrono::sys_time<std::chrono::milliseconds>;

struct SampleLabel {
  std::string_view name, value;  ///< without quotes and escapes; any bytes, even if they are not UTF-8
};

/// Returns the value of a label; nullopt if it is absent.
constexpr std::optional<std::string_view> find_label(std::span<const SampleLabel> labels,
                                                     std::string_view name) {
  for (const SampleLabel& label : labels) {
    if (label.name == name) return label.value;
  }
  return std::nullopt;
}

struct SampleExemplar {
  std::span<const SampleLabel> labels;
  double value = 0;  ///< as in the text, in the unit of the family
  std::optional<SampleTime> time;
};

/// One line of a metrics text. All views point into the reader and are valid during `SampleVisitor::visit`.
struct ScrapedSample {
  std::string_view family;                ///< as declared; of a sample without a declaration, its own name
  FamilyType type = FamilyType::untyped;  ///< untyped also without a declaration
  std::string_view unit;                  ///< as a `# UNIT` line spells it; "" if unknown
  SampleRole role = SampleRole::value;
  std::string_view name;
  std::span<const SampleLabel> labels;  ///< no name occurs twice
  double value = 0;                     ///< any number, NaN and the infinities included
  std::optional<SampleTime> time;
  std::optional<SampleExemplar> exemplar;
  std::size_t line = 0;  ///< from 1
};

/// Receives the samples of a text, in its order.
class SampleVisitor {
 public:
  virtual ~SampleVisitor() = default;
  virtual void visit(const ScrapedSample& sample) = 0;
};

}  // namespace dbpool
