#include "web/mcp/arguments.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace dbpool::mcp {

TEST_CASE("arguments are checked by the schema of their tool, and the problem says what is allowed") {
  const Json schema = Json::parse(R"({
    "type": "object",
    "properties": {
      "pool": {"type": "string"},
      "status": {"type": "string", "enum": ["healthy", "degraded"]},
      "hours": {"type": "number", "minimum": 0, "maximum": 24}
    },
    "required": ["pool"]
  })");
  struct Row {
    const char *arguments, *problem;
  };
  for (const Row& row : std::vector<Row>{
           {R"({"pool": "a"})", ""},
           {R"({"pool": "a", "status": "degraded", "hours": 0})", ""},
           {R"({"pool": "a", "hours": 24.0})", ""},
           {R"({})", "pool is missing"},
           {R"({"pool": 3})", "pool is not a string"},
           {R"({"pool": null})", "pool is not a string"},
           {R"({"pool": "a", "status": "bad"})", R"(status is "bad"; allowed: healthy, degraded)"},
           {R"({"pool": "a", "hours": "1"})", "hours is not a number"},
           {R"({"pool": "a", "hours": -0.5})", "hours is -0.5; allowed is a number from 0 to 24"},
           {R"({"pool": "a", "hours": 25})", "hours is 25; allowed is a number from 0 to 24"},
           {R"({"pool": "a", "name": 1})", "unknown argument 'name'; allowed: pool, status, hours"},
       }) {
    CAPTURE(row.arguments);
    CHECK(argument_problem(schema, Json::parse(row.arguments)) == row.problem);
  }
}

}  // namespace dbpool::mcp
