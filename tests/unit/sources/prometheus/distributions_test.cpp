#include "sources/prometheus/distributions.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sources/prometheus/text_reader.hpp"

using namespace dbpool;

namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Gives every sample of a text to the collector of one family.
class Collected : public SampleVisitor {
 public:
  Collected(std::string family, const std::string& text, TextFormat format = TextFormat::prometheus,
            DistributionLimits limits = {})
      : distributions(std::move(family), limits) {
    TextReader reader(format, *this);
    reader.read(text);
    reader.finish();
  }

  void visit(const ScrapedSample& sample) override { parts += distributions.add(sample) ? 1 : 0; }

  std::vector<Distribution> in(TimeUnit unit) const { return distributions.in_seconds(unit); }

  Distributions distributions;
  int parts = 0;
};

/// Returns the problem of the only label set of the histogram `w`.
std::string problem_of(const std::string& samples) {
  const auto made = Collected("w", "# TYPE w histogram\n" + samples).in(TimeUnit::seconds);
  REQUIRE(made.size() == 1);
  const bool has_figures = made[0].histogram || made[0].count || made[0].sum;
  CHECK(made[0].problem.empty() == has_figures);
  return made[0].problem;
}

}  // namespace

TEST_CASE("a histogram has a value for each label set") {
  const Collected collected("w",
                            "# TYPE w histogram\n"
                            "w_bucket{pool=\"a\",le=\"0.01\"} 1\n"
                            "w_bucket{pool=\"a\",le=\"0.5\"} 3\n"
                            "w_bucket{pool=\"a\",le=\"+Inf\"} 4\n"
                            "w_sum{pool=\"a\"} 2.5\n"
                            "w_count{pool=\"a\"} 4\n"
                            "w_bucket{pool=\"b\",le=\"0.01\"} 0\n"
                            "w_bucket{pool=\"b\",le=\"0.5\"} 0\n"
                            "w_bucket{pool=\"b\",le=\"+Inf\"} 0\n"
                            "w_sum{pool=\"b\"} 0\n"
                            "w_count{pool=\"b\"} 0\n"
                            "other 1\n");
  CHECK(collected.parts == 10);
  const auto made = collected.in(TimeUnit::seconds);
  REQUIRE(made.size() == 2);
  CHECK(made[0].labels == Labels{{"pool", "a"}});
  REQUIRE(made[0].histogram);
  CHECK(made[0].histogram->bounds() == std::vector{0.01, 0.5});
  CHECK(made[0].histogram->count_in(0) == 1);
  CHECK(made[0].histogram->count_in(1) == 2);
  CHECK(made[0].histogram->count_in(2) == 1);
  CHECK(made[0].histogram->sum_seconds() == 2.5);
  CHECK(made[0].count == 4U);
  CHECK(made[0].sum == 2.5);
  CHECK(made[0].problem.empty());
  CHECK(made[1].labels == Labels{{"pool", "b"}});
  CHECK(made[1].count == 0U);
  REQUIRE(made[1].histogram);
  CHECK(&made[1].histogram->bounds() == &made[0].histogram->bounds());
}

TEST_CASE("bounds, sums and exemplars become seconds with their decimals") {
  const Collected collected("w",
                            "# TYPE w histogram\n"
                            "w_bucket{le=\"0.1\"} 1 # {trace_id=\"ab\"} 0.1 1700000000.5\n"
                            "w_bucket{le=\"10\"} 3 # {trace_id=\"cd\"} 4\n"
                            "w_bucket{le=\"+Inf\"} 4 # {trace_id=\"ef\"} 1 1700000001\n"
                            "w_sum 1234.5\n"
                            "# EOF\n",
                            TextFormat::openmetrics);
  const auto made = collected.in(TimeUnit::milliseconds);
  REQUIRE(made.size() == 1);
  REQUIRE(made[0].histogram);
  const Histogram& histogram = *made[0].histogram;
  CHECK(histogram.bounds() == std::vector{0.0001, 0.01});
  CHECK(histogram.sum_seconds() == 1.2345);
  CHECK(made[0].count == 4U);
  REQUIRE(histogram.exemplar_in(0) != nullptr);
  CHECK(histogram.exemplar_in(0)->value == 0.0001);
  CHECK(histogram.exemplar_in(0)->labels == Labels{{"trace_id", "ab"}});
  CHECK(histogram.exemplar_in(0)->time.time_since_epoch() == std::chrono::milliseconds(1700000000500));
  // The second has no time, and the third lies outside of its bucket.
  CHECK(histogram.exemplar_in(1) == nullptr);
  CHECK(histogram.exemplar_in(2) == nullptr);
}

TEST_CASE("labels of an exemplar are valid UTF-8, and names that need quotes are left out") {
  const Collected collected(
      "w",
      "# TYPE w histogram\n"
      "w_bucket{le=\"+Inf\"} 4 # {\"my id\"=\"1\",\"\"=\"2\",\"9a\"=\"3\",a_9=\"\xFF\"} 1 1700000001\n"
      "w_sum 1\n"
      "# EOF\n",
      TextFormat::openmetrics);
  const auto made = collected.in(TimeUnit::seconds);
  REQUIRE(made.size() == 1);
  REQUIRE(made[0].histogram->exemplar_in(0) != nullptr);
  CHECK(made[0].histogram->exemplar_in(0)->labels == Labels{{"a_9", "\xEF\xBF\xBD"}});
}

TEST_CASE("the two formats of a client library yield the same histogram") {
  const std::string samples =
      "w_seconds_bucket{le=\"0.001\",pool=\"shop\"} 1.0\n"
      "w_seconds_bucket{le=\"1.0\",pool=\"shop\"} 3.0\n"
      "w_seconds_bucket{le=\"+Inf\",pool=\"shop\"} 4.0\n"
      "w_seconds_count{pool=\"shop\"} 4.0\n"
      "w_seconds_sum{pool=\"shop\"} 5.0255\n";
  const std::string created = "w_seconds_created{pool=\"shop\"} 1.79580831319733e+09\n";
  const Collected old(
      "w_seconds", "# TYPE w_seconds histogram\n" + samples + "# TYPE w_seconds_created gauge\n" + created);
  const Collected openmetrics(
      "w_seconds", "# TYPE w_seconds histogram\n# UNIT w_seconds seconds\n" + samples + created + "# EOF\n",
      TextFormat::openmetrics);
  for (const Collected* collected : {&old, &openmetrics}) {
    const auto made = collected->in(TimeUnit::seconds);
    REQUIRE(made.size() == 1);
    CHECK(made[0].labels == Labels{{"pool", "shop"}});
    CHECK(made[0].count == 4U);
    CHECK(made[0].sum == 5.0255);
    REQUIRE(made[0].histogram);
    CHECK(made[0].histogram->bounds() == std::vector{0.001, 1.0});
  }
}

TEST_CASE("label sets are the same in any order of labels, and their samples need not be neighbours") {
  const auto made = Collected("w",
                              "# TYPE w histogram\n"
                              "w_count{b=\"2\",a=\"1\"} 1\n"
                              "w_bucket{le=\"1\",a=\"1\",b=\"2\"} 1\n"
                              "w_bucket{a=\"11\",b=\"2\",le=\"+Inf\"} 7\n"
                              "w_bucket{b=\"2\",le=\"+Inf\",a=\"1\"} 1\n"
                              "w_sum{a=\"11\",b=\"2\"} 5\n"
                              "w_sum{a=\"1\",b=\"2\"} 0.5\n")
                        .in(TimeUnit::seconds);
  REQUIRE(made.size() == 2);
  CHECK(made[0].labels == Labels{{"a", "1"}, {"b", "2"}});
  CHECK(made[0].problem == "");
  CHECK(made[0].count == 1U);
  CHECK(made[1].labels == Labels{{"a", "11"}, {"b", "2"}});
  CHECK(made[1].count == 7U);
}

TEST_CASE("labels that are written one after another look alike, but their sets differ") {
  const auto made = Collected("w",
                              "# TYPE w summary\n"
                              "w_count{a=\"1b\",c=\"2\"} 1\n"
                              "w_count{a=\"1\",bc=\"2\"} 2\n")
                        .in(TimeUnit::seconds);
  CHECK(made.size() == 2);
}

TEST_CASE("a summary and a timer without buckets have a count and a sum alone") {
  const auto made = Collected("w",
                              "# TYPE w summary\n"
                              "w{quantile=\"0.5\"} 100\n"
                              "w{quantile=\"0.99\"} NaN\n"
                              "w_sum 500\n"
                              "w_count 4\n")
                        .in(TimeUnit::milliseconds);
  REQUIRE(made.size() == 1);
  CHECK(made[0].labels.empty());
  CHECK(made[0].histogram == nullptr);
  CHECK(made[0].count == 4U);
  CHECK(made[0].sum == 0.5);
}

TEST_CASE("a histogram without _count has the count of its bucket for +Inf") {
  const auto made =
      Collected("w", "# TYPE w histogram\nw_bucket{le=\"+Inf\"} 3\nw_sum 1\n").in(TimeUnit::seconds);
  REQUIRE(made.size() == 1);
  REQUIRE(made[0].histogram);
  CHECK(made[0].histogram->bounds().empty());
  CHECK(made[0].histogram->count_in(0) == 3);
  CHECK(made[0].count == 3U);
}

TEST_CASE("samples without a declaration belong to a family by their endings") {
  const std::string samples = "w_bucket{le=\"1\"} 1\nw_bucket{le=\"+Inf\"} 1\nw_sum 0.5\nw_count 1\n";
  for (const std::string declared :
       {"", "# TYPE w untyped\n", "# TYPE w gauge\n", "# TYPE w_bucket untyped\n"}) {
    CAPTURE(declared);
    const auto made = Collected("w", declared + samples).in(TimeUnit::seconds);
    REQUIRE(made.size() == 1);
    CHECK(made[0].histogram != nullptr);
    CHECK(made[0].count == 1U);
  }
}

TEST_CASE("families of other names never lend their samples, whatever their endings") {
  const Collected collected("w",
                            "# TYPE w_count gauge\nw_count 5\n"
                            "# TYPE w_sum counter\nw_sum 6\n"
                            "# TYPE w_bucket histogram\nw_bucket_bucket{le=\"+Inf\"} 1\nw_bucket_sum 1\n"
                            "w_total 3\nww_count 4\n");
  CHECK(collected.parts == 0);
  CHECK(collected.in(TimeUnit::seconds).empty());
}

TEST_CASE("a gauge histogram is not a family of durations") {
  const Collected collected("w",
                            "# TYPE w gaugehistogram\nw_bucket{le=\"+Inf\"} 3\nw_gsum 1\nw_gcount 3\n# EOF\n",
                            TextFormat::openmetrics);
  CHECK(collected.parts == 0);
}

TEST_CASE("a histogram that contradicts itself is unknown, with the line or what it lacks") {
  const std::string rest = "w_sum 1\nw_count 2\n";
  const std::string first = "w_bucket{le=\"1\"} 1\n";
  const std::string last = "w_bucket{le=\"+Inf\"} 2\n";
  CHECK(problem_of(first + last + rest) == "");
  CHECK(problem_of(first + rest) == "line 2: the last bucket is not for +Inf");
  CHECK(problem_of(first + last + "w_count 2\n") == "it has no _sum");
  CHECK(problem_of(first + last + "w_sum 1\nw_count 3\n") == "its _count differs from its bucket for +Inf");
  CHECK(problem_of(first + "w_bucket{le=\"2\"} 0\n" + last + rest) ==
        "line 3: a bucket counts less than the bucket before it");
  CHECK(problem_of(last + first + rest) == "line 3: the buckets are not in the order of le");
  CHECK(problem_of(first + first + last + rest) == "line 3: a second bucket with the same le");
  CHECK(problem_of(first + "w_bucket{le=\"1.0\"} 1\n" + last + rest) ==
        "line 3: a second bucket with the same le");
  CHECK(problem_of(first + last + rest + first + last + rest) ==
        "line 6: the buckets are not in the order of le");
  CHECK(problem_of(first + last + rest + rest) == "line 6: a second _sum");
  CHECK(problem_of(first + last + rest + "w_count 2\n") == "line 6: a second _count");
}

TEST_CASE("figures that are no counts, bounds or durations make a histogram unknown") {
  for (const std::string le : {"", "{le=\"\"}", "{le=\"one\"}", "{le=\"NaN\"}", "{le=\"-Inf\"}"}) {
    CAPTURE(le);
    CHECK(problem_of("w_bucket" + le + " 1\n") == "line 2: a bucket without an le that is a number");
  }
  for (const std::string count : {"-1", "0.5", "NaN", "+Inf", "9007199254740992"}) {
    CAPTURE(count);
    CHECK(problem_of("w_bucket{le=\"1\"} " + count + "\n") == "line 2: the value of a bucket is not a count");
    CHECK(problem_of("w_count " + count + "\n") == "line 2: the _count is not a count");
  }
  for (const std::string sum : {"-0.5", "NaN", "+Inf"}) {
    CAPTURE(sum);
    CHECK(problem_of("w_sum " + sum + "\n") == "line 2: the _sum is not a duration");
  }
  CHECK(problem_of("w_bucket{le=\"9007199254740991\"} 9007199254740991\n") ==
        "line 2: the last bucket is not for +Inf");
}

TEST_CASE("a problem of one label set leaves the others alone") {
  const auto made = Collected("w",
                              "# TYPE w histogram\n"
                              "w_bucket{pool=\"a\",le=\"1\"} 2\n"
                              "w_bucket{pool=\"b\",le=\"+Inf\"} 1\n"
                              "w_bucket{pool=\"a\",le=\"+Inf\"} 1\n"
                              "w_sum{pool=\"b\"} 1\n")
                        .in(TimeUnit::seconds);
  REQUIRE(made.size() == 2);
  CHECK(made[0].labels == Labels{{"pool", "a"}});
  CHECK(made[0].problem == "line 4: a bucket counts less than the bucket before it");
  CHECK(made[1].problem == "");
  CHECK(made[1].histogram != nullptr);
}

TEST_CASE("bounds that are the same in seconds make a histogram unknown") {
  const std::string text =
      "# TYPE w histogram\nw_bucket{le=\"1e-318\"} 1\nw_bucket{le=\"2e-318\"} 1\nw_bucket{le=\"+Inf\"} "
      "1\nw_sum 1\n";
  CHECK(Collected("w", text).in(TimeUnit::seconds).at(0).problem == "");
  CHECK(Collected("w", text).in(TimeUnit::nanoseconds).at(0).problem ==
        "two of its bounds are the same in seconds");
}

TEST_CASE("the number of buckets and the memory of a family are limited") {
  const auto buckets = [](const std::string& pool, int count) {
    std::string text;
    for (int i = 1; i < count; ++i)
      text += "w_bucket{pool=\"" + pool + "\",le=\"" + std::to_string(i) + "\"} 0\n";
    return text + "w_bucket{pool=\"" + pool + "\",le=\"+Inf\"} 0\nw_sum{pool=\"" + pool + "\"} 0\n";
  };
  const std::string head = "# TYPE w histogram\n";
  const auto made = [&](const std::string& text, DistributionLimits limits) {
    return Collected("w", head + text, TextFormat::prometheus, limits).in(TimeUnit::seconds);
  };
  CHECK(made(buckets("a", 3), {.buckets = 3}).at(0).problem == "");
  CHECK(made(buckets("a", 4), {.buckets = 3}).at(0).problem == "line 5: more than 3 buckets");

  // Room for the label set and for three buckets.
  const DistributionLimits small{.bytes = 800};
  const auto of_two = Collected("w", head + buckets("a", 3) + buckets("b", 3), TextFormat::prometheus, small);
  REQUIRE(of_two.in(TimeUnit::seconds).size() == 1);
  CHECK(of_two.in(TimeUnit::seconds)[0].problem == "");
  CHECK(of_two.distributions.left_out() == 4);
  CHECK(made(buckets("a", 20), small).at(0).problem.find("too many buckets in all label sets") !=
        std::string::npos);
}
