// Any bytes yield the same samples however they are cut into pieces, or an error that quotes nothing of them,
// in bounded memory. Histograms agree with their own counts, or have a problem.
#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "fuzz_target.hpp"
#include "sources/prometheus/distributions.hpp"
#include "support/live_bytes.hpp"
#include "support/text/sample_outline.hpp"

using namespace dbpool;
using test::Input;
using test::require;

namespace {

constexpr std::string_view marker = "Pl4ntedPw";
constexpr TextLimits limits{.bytes = 1 << 16, .line = 512, .families = 4};
constexpr DistributionLimits histogram_limits{.bytes = 2048, .buckets = 20};
/// Some lines, families of two words each, the labels of a sample and of its exemplar, which take five bytes
/// of a line at least, and distributions with their map. The largest seeds are larger than it.
constexpr std::size_t most_memory = 8 * limits.line + limits.families * 2 * limits.line +
                                    3 * (limits.line / 5) * sizeof(SampleLabel) + 3 * histogram_limits.bytes;

/// Requires what holds of every sample, and collects the histogram `w`.
class Checked : public SampleVisitor {
 public:
  void visit(const ScrapedSample& sample) override {
    require(!sample.name.empty() && !sample.family.empty(), "a sample has a name and a family", sample.name);
    require(sample.name.starts_with(sample.family), "a name begins with its family's", sample.name);
    require(sample.line > last_line_, "each line has one sample", sample.name);
    last_line_ = sample.line;
    distributions.add(sample);
  }

  Distributions distributions{"w", histogram_limits};

 private:
  std::size_t last_line_ = 0;
};

void require_sound(const Distribution& made, std::string_view text) {
  if (!made.problem.empty()) {
    require(!made.histogram && !made.count && !made.sum, "a problem leaves no figure", text);
  } else if (made.histogram) {
    require(made.count == made.histogram->count(), "a histogram has its count", text);
    require(made.sum == made.histogram->sum_seconds() && *made.sum >= 0, "a histogram has its sum", text);
    require(made.histogram->bounds().size() < histogram_limits.buckets, "buckets are limited", text);
  }
}

void require_bounded(TextFormat format, std::string_view text) {
  const std::size_t before = test::live_bytes();
  Checked checked;
  TextReader reader(format, checked, limits);
  try {
    for (std::size_t at = 0; at < text.size(); at += 100) reader.read(text.substr(at, 100));
    reader.finish();
  } catch (const Error& error) {
    // What was read before the error is checked too.
    require(std::string_view(error.what()).find(marker) == std::string_view::npos, "an error quotes nothing",
            text);
  }
  require(test::live_bytes() <= before + most_memory, "memory is bounded", text);
  for (const TimeUnit unit : {TimeUnit::seconds, TimeUnit::milliseconds, TimeUnit::nanoseconds}) {
    for (const Distribution& made : checked.distributions.in_seconds(unit)) require_sound(made, text);
  }
}

/// Reads the sizes of pieces, apart by blanks.
std::vector<std::size_t> sizes_in(std::string_view line) {
  std::vector<std::size_t> sizes;
  while (!line.empty() && sizes.size() < 100) {
    std::size_t size = 0;
    std::from_chars(line.data(), line.data() + line.size(), size);
    sizes.push_back(size);
    line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
  }
  return sizes;
}

void check(TextFormat format, std::string_view text, const std::vector<std::size_t>& sizes) {
  const auto whole = test::read_at_once(format, text, limits);
  require(test::read_in_pieces(format, text, sizes, limits) == whole, "a split changes nothing", text);
  const std::vector<std::size_t> single{1};
  require(test::read_in_pieces(format, text, single, limits) == whole, "a split into bytes changes nothing",
          text);
  require_bounded(format, text);
}

}  // namespace

/// Input: the sizes of the pieces in one line, and the text.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  Input input(bytes, size);
  const auto sizes = sizes_in(input.line());
  const auto text = input.rest();
  check(TextFormat::prometheus, text, sizes);
  check(TextFormat::openmetrics, text, sizes);
  return 0;
}
