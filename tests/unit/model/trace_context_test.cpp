#include "dbpool/model/trace_context.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace dbpool;

TEST_CASE("a traceparent of a sampled trace names its trace and its span") {
  const auto context = trace_context("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  REQUIRE(context.is_valid());
  CHECK(context.trace_id == std::array<std::uint8_t, 16>{0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84,
                                                         0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c});
  CHECK(trace_id_text(context) == "0af7651916cd43dd8448eb211c80319c");
  CHECK(context.span_id == std::array<std::uint8_t, 8>{0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31});
}

TEST_CASE("a later version may append to a traceparent, and may set other flags") {
  const std::string ids = "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";
  CHECK(trace_context("cc" + ids + "01-what-comes-next").is_valid());
  CHECK(trace_context("cc" + ids + "ff").is_valid());
  CHECK_FALSE(trace_context("cc" + ids + "01.what").is_valid());
  CHECK_FALSE(trace_context("00" + ids + "01-what").is_valid());
  CHECK_FALSE(trace_context("ff" + ids + "01").is_valid());
}

TEST_CASE("a trace that is not sampled, and a malformed traceparent, give no trace") {
  for (const char* const header : {
           "", "00",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",   // not sampled
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",    // too short
           "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",   // capital letters
           "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",   // no dash
           "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",   // no digit
           "00-00000000000000000000000000000000-b7ad6b7169203331-01",   // no trace
           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",   // no span
           "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",   // no version
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 ",  // a blank
       }) {
    CAPTURE(header);
    CHECK(trace_context(header) == TraceContext());
    CHECK(trace_id_text(trace_context(header)).empty());
  }
}
