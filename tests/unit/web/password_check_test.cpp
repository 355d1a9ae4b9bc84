#include "web/password_check.hpp"

#include <crypt.h>
#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "web/basic_login.hpp"
#include "web/bcrypt.hpp"

namespace dbpool {
namespace {

using Answer = PasswordCheck::Answer;

const Users ann{{"ann", "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"}};
const std::string right = "Basic YW5uOnNlY3JldA==", wrong = "Basic YW5uOndyb25n";

/// Returns the header of a login as ann.
std::string login_with(const std::string& password) {
  const std::string login = "ann:" + password;
  std::vector<unsigned char> encoded(2 * login.size() + 4);
  ::EVP_EncodeBlock(encoded.data(), reinterpret_cast<const unsigned char*>(login.data()),
                    static_cast<int>(login.size()));
  return std::string("Basic ") + reinterpret_cast<const char*>(encoded.data());
}

}  // namespace

TEST_CASE("a login is a name and a password with a colon between, in base64") {
  const auto login = parse_basic_login("basic  YW5uOnM6ZWM=");
  REQUIRE(login.has_value());
  CHECK(login->user == "ann");
  CHECK(login->password == "s:ec");
  for (const char* malformed :
       {"", "Basic", "Basic ", "Basic YW5u", "Basic YW5uOg!", "Bearer YW5uOnM=", "BasicYW5uOnM="}) {
    CAPTURE(malformed);
    CHECK_FALSE(parse_basic_login(malformed).has_value());
  }
}

TEST_CASE("the right password of a user is right, once and again") {
  PasswordCheck check;
  for (int i = 0; i < 2; ++i) CHECK(check.check(ann, right) == Answer::right);
  for (const std::string& refused :
       {wrong, std::string("Basic Ym9iOnNlY3JldA=="), std::string("x"), std::string()}) {
    CHECK(check.check(ann, refused) == Answer::wrong);
  }
}

TEST_CASE("a remembered login does not outlive the user's hash") {
  PasswordCheck check;
  CHECK(check.check(ann, right) == Answer::right);
  const Users changed{{"ann", "$2y$04$abcdefghijklmnopqrstuuJ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3y."}};
  CHECK(check.check(changed, right) == Answer::wrong);
  CHECK(check.check({{"bob", ann.at("ann")}}, right) == Answer::wrong);
}

TEST_CASE("a password that bcrypt would cut off is wrong") {
  // bcrypt alone would accept the first 72 bytes, whatever follows.
  PasswordCheck check;
  const std::string long_login = "Basic YW5uOnNlY3JldABhYWE=";  // ann:secret, a NUL and more
  CHECK(check.check(ann, long_login) == Answer::wrong);
}

TEST_CASE(
    "a password of 72 bytes is checked as a whole, and a longer one is wrong, which bcrypt would accept") {
  const std::string longest(72, 'a');
  crypt_data memory{};
  const std::string hash = ::crypt_r(longest.c_str(), ann.at("ann").c_str(), &memory);
  REQUIRE(matches_bcrypt(longest + "b", hash));
  PasswordCheck check;
  CHECK(check.check({{"ann", hash}}, login_with(longest)) == Answer::right);
  CHECK(check.check({{"ann", hash}}, login_with(longest + "b")) == Answer::wrong);
  CHECK(check.check({{"ann", hash}}, login_with(longest.substr(1))) == Answer::wrong);
}

TEST_CASE("ten thousand wrong passwords keep no known client out") {
  PasswordCheck check;
  REQUIRE(check.check(ann, right) == Answer::right);
  std::atomic<int> admitted = 0, next = 0;
  {
    std::vector<std::jthread> flood;
    for (int i = 0; i < 12; ++i) {
      flood.emplace_back([&] {
        for (int number; (number = next++) < 10'000;) {
          if (check.check(ann, login_with(std::to_string(number))) == Answer::right) ++admitted;
        }
      });
    }
    while (next < 10'000) CHECK(check.check(ann, right) == Answer::right);
  }
  CHECK(admitted == 0);
  CHECK(check.check(ann, right) == Answer::right);
}

TEST_CASE("more than nine wrong logins at once are refused as busy, and a remembered one is not") {
  PasswordCheck check;
  CHECK(check.check(ann, right) == Answer::right);
  const Users slow{{"ann", ann.at("ann")},
                   {"bob", "$2y$10$abcdefghijklmnopqrstuuJ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3y."}};
  std::atomic<int> busy = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 30; ++i) {
      threads.emplace_back([&] {
        if (check.check(slow, "Basic Ym9iOndyb25n") == Answer::busy) ++busy;
      });
    }
    CHECK(check.check(slow, right) == Answer::right);
  }
  CHECK(busy > 0);
  CHECK(busy <= 21);
  CHECK(check.check(slow, "Basic Ym9iOndyb25n") == Answer::wrong);
}

}  // namespace dbpool
