#include "sources/http_json/missing_fields.hpp"

#include <doctest/doctest.h>

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

using Problems = std::vector<std::string>;

const std::vector<FieldLookup> missing{{"max", "max: nothing"}, {"min", "min: nothing"}};
const std::vector<FieldLookup> with_max{{"max", ""}, {"min", "min: nothing"}};

}  // namespace

TEST_CASE("a field that was never found is missing, in every reading") {
  MissingFields fields;
  CHECK(fields.after(missing, 0s) == Problems{"max: nothing", "min: nothing"});
  CHECK(fields.after(missing, 5s) == Problems{"max: nothing", "min: nothing"});
}

TEST_CASE("a field that sometimes appears is not missing, until it has stayed away for an hour") {
  MissingFields fields;
  CHECK(fields.after(with_max, 0s) == Problems{"min: nothing"});
  CHECK(fields.after(missing, 1h) == Problems{"min: nothing"});
  CHECK(fields.after(missing, 1h + 1s) == Problems{"max: nothing", "min: nothing"});
  CHECK(fields.after(with_max, 2h) == Problems{"min: nothing"});
}
