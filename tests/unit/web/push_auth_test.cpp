#include "web/push_auth.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "dbpool/model/error.hpp"
#include "support/eventually.hpp"

namespace dbpool {
namespace {

const std::string hash_of_anns = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
const std::string ann_secret = "Basic YW5uOnNlY3JldA==", ann_wrong = "Basic YW5uOndyb25n",
                  bob_secret = "Basic Ym9iOnNlY3JldA==";

Request push_with(const std::string& authorization) {
  Request request{"POST", "/v1/metrics", "", "1.1", {{"Authorization", authorization}}, ""};
  if (authorization.empty()) request.headers.clear();
  return request;
}

/// Returns the refusal; status 0 = none.
Response refusal_of(const PushAuth& guard, const std::string& authorization) {
  return guard(push_with(authorization)).value_or(Response{0, "", ""});
}

int status_for(const PushAuth& guard, const std::string& authorization) {
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
  const PushAuth guard({.users = {{"ann", hash_of_anns}}});
  for (int i = 0; i < 3; ++i) {
    CHECK(status_for(guard, ann_secret) == 0);
    CHECK(status_for(guard, ann_wrong) == 401);
  }
  CHECK(status_for(guard, "basic  YW5uOnNlY3JldA==") == 0);
}

TEST_CASE("no other login may send") {
  const PushAuth guard({.users = {{"ann", hash_of_anns}}});
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
  const PushAuth guard({.bearer_token_file = file.path});
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
  CHECK_THROWS_AS(PushAuth({.bearer_token_file = file.path}), Error);
  file.write("first");
  const PushAuth guard({.bearer_token_file = file.path});
  // The token that follows the missing one proves that the file was read again, and that it was missing then.
  const auto reads = [&](const std::string& token) {
    return eventually([&] { return status_for(guard, "Bearer " + token) == 0; }, std::chrono::seconds(20));
  };
  file.write("second");
  REQUIRE(reads("second"));
  std::filesystem::remove(file.path);
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(1200);
  while (std::chrono::steady_clock::now() < until) {
    REQUIRE(status_for(guard, "Bearer second") == 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  file.write("third");
  CHECK(reads("third"));
}

TEST_CASE("a password is slow to check until it was right, and nothing else is") {
  const PushAuth guard({.users = {{"ann", hash_of_anns}}});
  const auto is_slow = [&](const std::string& authorization) {
    return guard.is_slow(push_with(authorization));
  };
  for (const std::string& login : {ann_secret, ann_wrong, bob_secret}) CHECK(is_slow(login));
  for (const char* other : {"", "Bearer secret", "Digest a"}) CHECK_FALSE(is_slow(other));
  REQUIRE(status_for(guard, ann_secret) == 0);
  REQUIRE(status_for(guard, ann_wrong) == 401);
  CHECK_FALSE(is_slow(ann_secret));
  CHECK(is_slow(ann_wrong));
}

TEST_CASE("a name that is not known takes as long as the user whose hash costs most") {
  std::string expensive = hash_of_anns;
  expensive.replace(4, 2, "09");
  const PushAuth cheap({.users = {{"ann", hash_of_anns}}});
  const PushAuth dear({.users = {{"ann", hash_of_anns}, {"carol", expensive}}});
  // The time of this thread alone, which others that run do not change.
  const auto cost = [](const PushAuth& guard) {
    const auto used = [] {
      timespec time{};
      ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
      return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    };
    const auto began = used();
    CHECK(status_for(guard, bob_secret) == 401);
    return used() - began;
  };
  CHECK(cost(dear) > 8 * cost(cheap));  // 32 times the work
}

TEST_CASE("several logins may be checked at the same time, and a known one does not wait for them") {
  const PushAuth guard({.users = {{"ann", hash_of_anns}}});
  std::vector<std::jthread> clients;
  std::atomic<int> known = 0, unknown = 0;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      const bool is_ann = i % 2 == 0;
      const int status = status_for(guard, is_ann ? ann_secret : bob_secret);
      if (status == 0) ++known;
      if (status == 401) ++unknown;
    });
  }
  clients.clear();
  CHECK(known == 4);
  CHECK(unknown == 4);
}

}  // namespace
}  // namespace dbpool
