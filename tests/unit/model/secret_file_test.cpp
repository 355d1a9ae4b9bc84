#include "model/secret_file.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include "dbpool/model/error.hpp"

using namespace dbpool;

namespace {

class SecretFile {
 public:
  SecretFile() {
    std::string pattern = std::filesystem::temp_directory_path() / "dbpool_secret_test.XXXXXX";
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
  }
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;
  ~SecretFile() { std::filesystem::remove_all(directory_); }

  std::string read(const std::string& text) const {
    std::ofstream(directory_ / "secret", std::ios::binary) << text;
    return read_secret_file(directory_ / "secret", "the file");
  }

 private:
  std::filesystem::path directory_;
};

}  // namespace

TEST_CASE(
    "a secret file may have blanks, line breaks and a byte order mark at its ends, which are no secret") {
  const SecretFile file;
  for (const char* text : {"a b", "a b\n", "a b\r\n",
                           "\xEF\xBB\xBF"
                           "a b",
                           " \ta b \r", "\n\xEF\xBB\xBF a b\n\n"}) {
    CAPTURE(text);
    CHECK(file.read(text) == "a b");
  }
  for (const char* text : {"", " ", "\xEF\xBB\xBF\r\n"}) {
    CHECK_THROWS_WITH_AS(file.read(text), "reading the file: it is empty", Error);
  }
  CHECK_THROWS_WITH_AS(file.read(std::string(100'000, ' ') + "a"), "reading the file: it is too large",
                       Error);
}
