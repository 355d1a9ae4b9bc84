#include "cli/document.hpp"

#include <doctest/doctest.h>

#include "cli/no_answer.hpp"

using namespace dbpool;

namespace {

std::string refusal_of(const Answer& answer) {
  try {
    read_document(answer, "http://h:1");
  } catch (const NoAnswer& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("an answer other than a document is an error that says what came and what to check") {
  CHECK(refusal_of({200, "{}"}).empty());
  CHECK(refusal_of({401, R"({"status":"error","error":"login needed"})"}) ==
        "http://h:1 answered 401: login needed\n  It asks for a login: give --user and --password-file.\n");
  CHECK(refusal_of({403, ""}).starts_with("http://h:1 answered 403\n"));
  CHECK(refusal_of({404, "<html>"}).find("Check that --url is the address") != std::string::npos);
  CHECK(refusal_of({302, ""}).starts_with("http://h:1 answered 302\n"));
  for (const char* body : {"", "<html>", "[]", "7", "{", "{}x"}) {
    CAPTURE(body);
    CHECK(refusal_of({200, body}).starts_with("http://h:1 answered other than the exporter does\n"));
  }
  CHECK(refusal_of({500, "{\"error\":\"\x1b[2J\"}"}).find('\x1b') == std::string::npos);
  CHECK(refusal_of({500, R"({"error":"\u001b[2J"})"}).find('\x1b') == std::string::npos);
}

TEST_CASE("a document that is nested deeply is refused, however deep") {
  const auto nested = [](std::size_t depth) {
    return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK(refusal_of({200, nested(20)}).empty());
  CHECK(refusal_of({200, nested(40)}).starts_with("http://h:1 answered other than"));
  CHECK(refusal_of({200, nested(1'000'000)}).starts_with("http://h:1 answered other than"));
}

TEST_CASE("fields of another type than expected are as missing") {
  const Document document =
      Document::parse(R"({"text": "a", "number": 1.5, "list": [{"x": 1}, "b", 7], "none": null})");
  CHECK(text_in(document, "text") == "a");
  CHECK(text_in(document, "number").empty());
  CHECK(text_in(document, "missing").empty());
  CHECK(number_in(document, "number") == 1.5);
  CHECK_FALSE(number_in(document, "text"));
  CHECK(objects_in(document, "list").size() == 1);
  CHECK(texts_in(document, "list") == std::vector<std::string>{"b"});
  CHECK(texts_in(document, "text").empty());
  CHECK(text_in(Document(7), "text").empty());
}

TEST_CASE("numbers are short, and what is not known is a dash") {
  CHECK(shown_number(std::nullopt) == "-");
  CHECK(shown_number(12) == "12");
  CHECK(shown_number(123456789) == "123456789");
  CHECK(shown_number(0.05) == "0.05");
  CHECK(shown_number(12.3456789) == "12.35");
}
