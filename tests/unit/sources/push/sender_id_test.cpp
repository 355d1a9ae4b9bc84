#include "sources/push/sender_id.hpp"

#include <doctest/doctest.h>

#include "support/pushes.hpp"

using namespace dbpool;
using namespace dbpool::test;

namespace {

SenderId id_of(const Attributes& resource) {
  return sender_id(labels_of(resource));
}

}  // namespace

TEST_CASE("a sender is known by its namespace, name and instance id alone") {
  const SenderId id = id_of({{"service.name", "shop"}, {"service.instance.id", "1"}, {"process.pid", "7"}});
  CHECK(id.key == id_of({{"service.name", "shop"}, {"service.instance.id", "1"}, {"x", "y"}}).key);
  CHECK(id.key != id_of({{"service.name", "shop"}, {"service.instance.id", "2"}}).key);
  CHECK(id.key !=
        id_of({{"service.name", "shop"}, {"service.namespace", "eu"}, {"service.instance.id", "1"}}).key);
  CHECK(id.name == "shop");
  CHECK(id.instance == "1");
}

TEST_CASE("without an instance id all of the resource but the SDK makes the sender") {
  const SenderId id = id_of({{"service.name", "shop"}, {"telemetry.sdk.version", "1"}});
  CHECK(id.key == id_of({{"service.name", "shop"}, {"telemetry.sdk.version", "2"}}).key);
  CHECK(id.key != id_of({{"service.name", "shop"}, {"process.pid", "7"}}).key);
  CHECK(id.service == id_of({{"service.name", "shop"}, {"process.pid", "7"}}).service);
}

TEST_CASE("a process is known by its host and number together") {
  CHECK(id_of({{"host.name", "a"}, {"process.pid", "7"}}).process ==
        id_of({{"host.name", "a"}, {"process.pid", "7"}, {"x", "y"}}).process);
  CHECK(id_of({{"host.name", "a"}}).process.empty());
  CHECK(id_of({{"process.pid", "7"}}).process.empty());
}

TEST_CASE("texts that are joined differently make different keys") {
  CHECK(id_of({{"a", "b"}, {"c", "d"}}).key != id_of({{"a", "b1:c1:d"}}).key);
}
