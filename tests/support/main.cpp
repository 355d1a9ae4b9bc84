#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>

/// Runs the cases of a test program. DBPOOL_TEST_CASES, if set, selects them as `-tc` does, and prints how
/// long each took.
int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  if (const char* const cases = std::getenv("DBPOOL_TEST_CASES"); cases != nullptr) {
    context.addFilter("test-case", cases);
    context.setOption("duration", true);
  }
  return context.run();
}
