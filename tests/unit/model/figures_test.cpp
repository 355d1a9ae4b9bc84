#include "model/figures.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace dbpool;

namespace {

using S = PoolSnapshot;

/// Returns whether a member of this type can hold figures of the kind.
bool holds(S::Count S::* /*member*/, FigureKind kind) {
  return kind == FigureKind::gauge || kind == FigureKind::counter;
}
bool holds(S::Seconds S::* /*member*/, FigureKind kind) {
  return kind == FigureKind::gauge || kind == FigureKind::counter;
}
bool holds(std::shared_ptr<const Histogram> S::* /*member*/, FigureKind kind) {
  return kind == FigureKind::histogram;
}
bool holds(std::optional<bool> S::* /*member*/, FigureKind kind) {
  return kind == FigureKind::flag;
}
bool holds(S::Time S::* /*member*/, FigureKind kind) {
  return kind == FigureKind::time;
}
bool holds(std::string S::* /*member*/, FigureKind kind) {
  return kind == FigureKind::text;
}

}  // namespace

TEST_CASE("every figure has one row, found by its member, and a name of its own") {
  std::set<std::string_view> names;
  for (const Figure& figure : figure_table) {
    CAPTURE(figure.name);
    CHECK(names.insert(figure.name).second);
    CHECK(std::ranges::count(figure_table, figure.member, &Figure::member) == 1);
  }
  CHECK(figure_of<&S::oldest_waiter>().name == "oldest_waiter");
  CHECK(figure_of<&S::created>().name == "created");
  CHECK(figure_of<&S::created_at>().name == "created_at");
}

TEST_CASE("a figure's kind is one that its member can hold") {
  for (const Figure& figure : figure_table) {
    CAPTURE(figure.name);
    CHECK(std::visit([&](auto member) { return holds(member, figure.kind); }, figure.member));
  }
}

TEST_CASE("counts and words have no unit; durations and times are in seconds") {
  for (const Figure& figure : figure_table) {
    CAPTURE(figure.name);
    const bool is_number = std::holds_alternative<S::Seconds S::*>(figure.member);
    const bool is_a_moment = figure.kind == FigureKind::histogram || figure.kind == FigureKind::time;
    CHECK((figure.unit != Unit::none) == (is_number || is_a_moment));
    if (is_a_moment) CHECK(figure.unit == Unit::seconds);
  }
}

TEST_CASE("counters add up, and what is no number does not") {
  for (const Figure& figure : figure_table) {
    CAPTURE(figure.name);
    if (figure.kind == FigureKind::counter) CHECK(figure.total == Total::sum);
    if (figure.kind == FigureKind::text || figure.kind == FigureKind::flag)
      CHECK(figure.total == Total::none);
  }
}
