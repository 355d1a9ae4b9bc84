#include "cli/terminal_text.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

namespace {

const std::string replaced = "\xEF\xBF\xBD";

}  // namespace

TEST_CASE("what could control a terminal or turn its text around is replaced, and other scripts stay") {
  CHECK(printable("orders\x1b[2J\nx\x7f") == "orders" + replaced + "[2J" + replaced + "x" + replaced);
  CHECK(printable("a\xC2\x9B"
                  "31m") == "a" + replaced + "31m");  // a control sequence in one character
  CHECK(printable("a\xE2\x80\xAE"
                  "b") == "a" + replaced + "b");  // right-to-left override
  CHECK(printable("a\xE2\x80\x8B"
                  "b") == "a" + replaced + "b");     // zero width space
  CHECK(printable("\xF3\xA0\x81\x81") == replaced);  // invisible tag
  CHECK(printable("a\xFF"
                  "b") == "a" + replaced + "b");  // not UTF-8
  CHECK(printable("Bestellungen für 注文 🐘") == "Bestellungen für 注文 🐘");
}

TEST_CASE("a text is bounded") {
  CHECK(printable(std::string(4000, 'x')) == std::string(4000, 'x'));
  CHECK(printable(std::string(5'000'000, 'x')) == std::string(4000, 'x') + "…");
}

TEST_CASE("columns are counted as a terminal draws them") {
  CHECK(columns("") == 0);
  CHECK(columns("orders") == 6);
  CHECK(columns("für") == 3);
  CHECK(columns("fu\xCC\x88r") == 3);  // a mark over the letter before it
  CHECK(columns("注文") == 4);
  CHECK(columns("🐘") == 2);
  CHECK(padded("für", 5) == "für  ");
  CHECK(padded("注文", 5) == "注文 ");
  CHECK(padded("orders", 2) == "orders");
}

TEST_CASE("text is broken at blanks, at eighty columns, under its own beginning") {
  CHECK(wrapped("- ", "") == "- \n");
  CHECK(wrapped("- ", "short enough") == "- short enough\n");
  const std::string word(38, 'w');
  CHECK(wrapped("- ", word + " w" + word) == "- " + word + " w" + word + "\n");
  CHECK(wrapped("- ", word + " ww" + word) == "- " + word + "\n  ww" + word + "\n");
  const std::string path(100, 'p');
  CHECK(wrapped("- ", "see " + path + " now") == "- see\n  " + path + "\n  now\n");
}

TEST_CASE("a status has a colour only where there are colours") {
  CHECK(painted("unhealthy", "unhealthy", Colours::off) == "unhealthy");
  CHECK(painted("unhealthy ", "unhealthy", Colours::on) == "\x1b[31munhealthy \x1b[0m");
  CHECK(painted("x", "degraded", Colours::on) == "\x1b[33mx\x1b[0m");
  CHECK(painted("x", "healthy", Colours::on) == "\x1b[32mx\x1b[0m");
  CHECK(painted("x", "anything", Colours::on) == "\x1b[2mx\x1b[0m");
}
