#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "dbpool/model/error.hpp"

namespace dbpool {

/// A body that needs more memory than is allowed.
class TooLarge : public Error {
 public:
  using Error::Error;
};

/// Translates a body in the JSON encoding of OTLP into the protobuf encoding. Keys that a point does not need
/// are left out. `most`: the largest size of the result, in bytes. throws TooLarge for a larger one; throws
/// Error for text that is not JSON, is nested deeper than 64 levels, or has a value of another type than its
/// key's. The message quotes nothing of it.
std::string otlp_from_json(std::string_view json, std::size_t most);

}  // namespace dbpool
