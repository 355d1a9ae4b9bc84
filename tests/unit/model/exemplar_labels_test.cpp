#include "dbpool/model/exemplar_labels.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <type_traits>

using namespace dbpool;

namespace {

using NamesAndValues = std::vector<std::pair<std::string, std::string>>;

}  // namespace

TEST_CASE("an exemplar has the ids of its trace in hexadecimal digits, and that of its span if it is known") {
  TraceContext trace;
  std::iota(trace.trace_id.begin(), trace.trace_id.end(), std::uint8_t{0x08});
  ExemplarLabels labels;
  CHECK(labels.empty());
  labels.add(trace);
  CHECK(labels.value() == NamesAndValues{{"trace_id", "08090a0b0c0d0e0f1011121314151617"}});

  trace.span_id.back() = 0xFF;
  ExemplarLabels with_span;
  with_span.add(trace);
  CHECK(with_span.value() ==
        NamesAndValues{{"trace_id", "08090a0b0c0d0e0f1011121314151617"}, {"span_id", "00000000000000ff"}});
}

TEST_CASE("a label is added whole or not at all") {
  ExemplarLabels labels;
  labels.add("lease", "");
  labels.add("lease", std::string(ExemplarLabels::most_characters - 4, 'x'));
  CHECK(labels.empty());
  labels.add("lease", std::string(ExemplarLabels::most_characters - 5, 'x'));
  CHECK(labels.value() == NamesAndValues{{"lease", std::string(ExemplarLabels::most_characters - 5, 'x')}});
  labels.add_cut("site", {"a"});
  CHECK(labels.value().size() == 1);

  ExemplarLabels number;
  number.add("lease", std::uint64_t{18'446'744'073'709'551'615U});
  CHECK(number.value() == NamesAndValues{{"lease", "18446744073709551615"}});
}

TEST_CASE("a site is cut to the room that is left, at a character") {
  ExemplarLabels labels;
  labels.add("lease", std::uint64_t{7});
  labels.add_cut("site", {"cart.cpp", ":", "12", " ", "pay"});
  CHECK(labels.value() == NamesAndValues{{"lease", "7"}, {"site", "cart.cpp:12 pay"}});

  ExemplarLabels cut;
  const std::string fits(ExemplarLabels::most_characters - 4, 'x');
  cut.add_cut("site", {fits.substr(1), "\xC3\xA4", "b"});  // one byte is left for the two of the letter
  CHECK(cut.value() == NamesAndValues{{"site", fits.substr(1)}});

  ExemplarLabels empty;
  empty.add_cut("site", {"", ""});
  CHECK(empty.empty());
}

TEST_CASE("bytes that are no UTF-8 are replaced, and stay within the limit of OpenMetrics") {
  ExemplarLabels labels;
  labels.add_cut("site", {std::string(200, '\xFF')});
  const std::string value = labels.value().at(0).second;
  CHECK(value.starts_with("\xEF\xBF\xBD"));
  CHECK(value.size() == 3 * (ExemplarLabels::most_characters - 4));
}

TEST_CASE("labels can be copied under a lock") {
  static_assert(std::is_trivially_copyable_v<ExemplarLabels>);
}
