#include "tls/tls_door.hpp"

#include <doctest/doctest.h>

#include "support/tls_client.hpp"
#include "tls/tls_settings.hpp"

namespace dbpool {
namespace {

/// Returns settings that admit clients with this certificate alone.
std::shared_ptr<const TlsSettings> settings_for(const test::KeyPair& server, const test::KeyPair& client,
                                                TlsVersion version) {
  std::vector<TlsProblem> problems;
  auto settings = TlsSettings::make({.certificate = server.certificate,
                                     .key = server.key,
                                     .client_ca = client.certificate,
                                     .client_auth = ClientAuth::require_and_verify,
                                     .max_version = version},
                                    problems);
  REQUIRE(problems.empty());
  return settings;
}

}  // namespace

TEST_CASE("a client that offers the session of before is verified anew, by the authority of now") {
  const test::KeyPair server = test::self_signed("server"), old = test::self_signed("old"),
                      other = test::self_signed("other");
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    auto current = settings_for(server, old, version);
    const TlsDoor door([&] { return current; });
    test::TlsClient client(old), stranger(other);
    CHECK(client.shown_by(door) == "server");
    CHECK(client.shown_by(door) == "server");
    CHECK_FALSE(client.has_resumed());
    CHECK(stranger.shown_by(door).empty());
    current = settings_for(server, other, version);
    CHECK(client.shown_by(door).empty());
    CHECK(stranger.shown_by(door) == "server");
  }
}

TEST_CASE("a handshake fails where there are no settings to be had, and the next one does not") {
  const test::KeyPair server = test::self_signed("server"), known = test::self_signed("known");
  const auto settings = settings_for(server, known, TlsVersion::tls13);
  bool fails = true;
  const TlsDoor door([&] {
    if (fails) throw std::bad_alloc();
    return settings;
  });
  test::TlsClient client(known);
  CHECK(client.shown_by(door).empty());
  fails = false;
  CHECK(client.shown_by(door) == "server");
}

}  // namespace dbpool
