#include "web/push_auth.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "dbpool/model/error.hpp"
#include "support/eventually.hpp"

namespace dbpool {
namespace {

const std::string hash_of_anns = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
const std::string ann_secret = "Basic YW5uOnNlY3JldA==", ann_wrong = "Basic YW5uOndyb25n",
                  bob_secret = "Basic Ym9iOnNlY3JldA==";

/// Returns the refusal; status 0 = none.
Response refusal_of(const Guard& guard, const std::string& authorization) {
  Request request{"POST", "/v1/metrics", "", "1.1", {{"Authorization", authorization}}, ""};
  if (authorization.empty()) request.headers.clear();
  return guard(request).value_or(Response{0, "", ""});
}

int status_for(const Guard& guard, const std::string& authorization) {
  return refusal_of(guard, authorization).status;
}

/// A file in a directory of its own, which is removed at the end.
struct TokenFile {
  explicit TokenFile(const std::string& token) {
    std::string pattern = std::filesystem::temp_directory_path() / "dbpool_push_auth_test.XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory = pattern;
    path = directory / "token";
    write(token);
  }
  TokenFile(const TokenFile&) = delete;
  TokenFile& operator=(const TokenFile&) = delete;
  ~TokenFile() { std::filesystem::remove_all(directory); }
  void write(const std::string& token) const { std::ofstream(path) << token; }

  std::filesystem::path directory, path;
};

TEST_CASE("a user with the right password may send, again and again") {
  const Guard guard = push_auth({.users = {{"ann", hash_of_anns}}});
  for (int i = 0; i < 3; ++i) {
    CHECK(status_for(guard, ann_secret) == 0);
    CHECK(status_for(guard, ann_wrong) == 401);
  }
  CHECK(status_for(guard, "basic  YW5uOnNlY3JldA==") == 0);
}

TEST_CASE("no other login may send") {
  const Guard guard = push_auth({.users = {{"ann", hash_of_anns}}});
  for (const std::string& authorization :
       {std::string(), bob_secret, ann_wrong, std::string("Basic"), std::string("Basic "),
        std::string("Basic !!!!"), std::string("Basic YW5u"), std::string("Bearer secret"),
        std::string("Digest YW5uOnNlY3JldA=="), std::string("Basic OnNlY3JldA=="),
        std::string("Basic YW5uOnNlY3JldAB4"), ann_secret + "," + ann_secret,
        std::string("BasicYW5uOnNlY3JldA==")}) {
    CAPTURE(authorization);
    const Response refusal = refusal_of(guard, authorization);
    CHECK(refusal.status == 401);
    REQUIRE(refusal.headers.size() == 1);
    CHECK(refusal.headers[0].name == "WWW-Authenticate");
    CHECK(refusal.headers[0].value == "Basic realm=\"dbpool_exporter\"");
  }
}

TEST_CASE("the token of a file may send, and a new one of the file after a second") {
  const TokenFile file("first\n");
  const Guard guard = push_auth({.bearer_token_file = file.path});
  CHECK(status_for(guard, "Bearer first") == 0);
  CHECK(status_for(guard, "Bearer second") == 401);
  CHECK(status_for(guard, "Bearer ") == 401);
  CHECK(refusal_of(guard, "").headers.at(0).value == "Bearer realm=\"dbpool_exporter\"");
  file.write("second\n");
  CHECK(eventually([&] { return status_for(guard, "Bearer second") == 0; }, std::chrono::seconds(5)));
  CHECK(status_for(guard, "Bearer first") == 401);
}

TEST_CASE("a file without a token is an error at first, and later leaves the last token") {
  const TokenFile file("");
  CHECK_THROWS_AS(push_auth({.bearer_token_file = file.path}), Error);
  file.write("first");
  const Guard guard = push_auth({.bearer_token_file = file.path});
  std::filesystem::remove(file.path);
  CHECK(status_for(guard, "Bearer first") == 0);
}

TEST_CASE("while one password is checked, another new one is asked to come again, a known one is not") {
  const Guard guard = push_auth({.users = {{"ann", hash_of_anns}}});
  REQUIRE(status_for(guard, ann_secret) == 0);
  std::atomic<bool> has_been_busy = false;
  // Names that are not known cost a hash of the usual cost.
  const auto guess = [&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const Response refusal = refusal_of(guard, bob_secret);
      CHECK_MESSAGE((refusal.status == 401 || refusal.status == 503), refusal.status);
      if (refusal.status == 503 && refusal.headers.at(0).name == "Retry-After") has_been_busy = true;
    }
  };
  const std::jthread one(guess), other(guess);
  CHECK(eventually([&] { return has_been_busy.load(); }, std::chrono::seconds(20)));
  CHECK(status_for(guard, ann_secret) == 0);
}

}  // namespace
}  // namespace dbpool
