// Replays the corpus of a target without a fuzzer, so that inputs found once stay test cases.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz_target.hpp"

TEST_CASE("the target's properties hold for every input of its corpus") {
  int inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(DBPOOL_CORPUS)) {
    CAPTURE(entry.path());
    std::ifstream file(entry.path(), std::ios::binary);
    REQUIRE(file);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    CHECK(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()) == 0);
    ++inputs;
  }
  CHECK(inputs > 0);
}

TEST_CASE("the target's properties hold for no input at all") {
  const std::uint8_t nothing = 0;
  CHECK(LLVMFuzzerTestOneInput(&nothing, 0) == 0);
}
