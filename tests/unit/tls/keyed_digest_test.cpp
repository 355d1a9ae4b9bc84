#include "tls/keyed_digest.hpp"

#include <doctest/doctest.h>

#include <array>

namespace dbpool {
namespace {

using Texts = std::array<std::string_view, 2>;

}  // namespace

TEST_CASE("the digest of a list of texts depends on each of them and on where they end") {
  const KeyedDigest digest;
  const auto of = [&](const Texts& texts) { return digest.of(texts); };
  CHECK(of({"ann", "secret"}) == of({"ann", "secret"}));
  CHECK(of({"ann", "secret"}) != of({"anns", "ecret"}));
  CHECK(of({"ann", "secret"}) != of({"", "annsecret"}));
  CHECK(of({"ann", "secret"}) != of({"ann", "secreT"}));
}

TEST_CASE("each object has a key of its own") {
  CHECK(KeyedDigest().of(Texts{"a", "b"}) != KeyedDigest().of(Texts{"a", "b"}));
}

}  // namespace dbpool
