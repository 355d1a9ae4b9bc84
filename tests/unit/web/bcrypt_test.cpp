#include "web/bcrypt.hpp"

#include <doctest/doctest.h>

namespace dbpool {
namespace {

const std::string hash_of_secret = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

TEST_CASE("a password matches its own hash alone") {
  CHECK(matches_bcrypt("secret", hash_of_secret));
  CHECK_FALSE(matches_bcrypt("Secret", hash_of_secret));
  CHECK_FALSE(matches_bcrypt("", hash_of_secret));
  CHECK(matches_bcrypt("other", "$2b$04$abcdefghijklmnopqrstuu0HtfOlPbTiymk5tcV.3TsFPDd3SYZqu"));
}

TEST_CASE("only a whole hash by bcrypt, of a bearable cost, is one") {
  CHECK(is_bcrypt(hash_of_secret));
  const auto with = [](std::size_t at, char c) {
    std::string changed = hash_of_secret;
    changed[at] = c;
    return is_bcrypt(changed);
  };
  CHECK(with(4, '1'));  // a cost of 14
  CHECK_FALSE(with(4, '2'));
  CHECK_FALSE(with(5, '3'));
  CHECK_FALSE(with(5, 'x'));
  CHECK_FALSE(with(2, 'c'));
  CHECK_FALSE(with(3, '4'));
  CHECK_FALSE(with(30, ':'));
  CHECK_FALSE(is_bcrypt(hash_of_secret.substr(1)));
  CHECK_FALSE(is_bcrypt(hash_of_secret + "a"));
  CHECK_FALSE(is_bcrypt("secret"));
  CHECK_FALSE(is_bcrypt(""));
}

TEST_CASE("secrets are equal, or not") {
  CHECK(is_same_secret("abc", "abc"));
  CHECK_FALSE(is_same_secret("abc", "abd"));
  CHECK_FALSE(is_same_secret("abcabc", "abc"));
  CHECK_FALSE(is_same_secret("", "abc"));
  CHECK_FALSE(is_same_secret("abc", ""));
  CHECK_FALSE(is_same_secret("", ""));
}

}  // namespace
}  // namespace dbpool
