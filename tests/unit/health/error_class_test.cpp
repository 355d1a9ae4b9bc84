#include "health/error_class.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("a refused login is recognized by its kind, its SQLSTATE or its words") {
  using enum ContactTrouble;
  CHECK(contact_trouble(ErrorKind::authentication, "no") == authentication);
  for (const char* text : {"FATAL:  28P01: no", "failed (28000)",
                           "password authentication failed for user \"u\"", "FATAL: auth failed"}) {
    CAPTURE(text);
    CHECK(contact_trouble(std::nullopt, text) == authentication);
  }
  CHECK(contact_trouble(std::nullopt, "Connection refused") == refused);
  CHECK(contact_trouble(std::nullopt, "no such table") == other);
}
