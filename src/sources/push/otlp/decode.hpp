#pragma once

#include <string_view>

#include "sources/push/point.hpp"

namespace dbpool {

/// Reads a body in the protobuf encoding of OTLP (ExportMetricsServiceRequest) and calls `sink` for every
/// point of a metric that it wants. Points beyond these bounds are malformed: 128 attributes, 16 KiB of
/// attributes, 1,000 buckets. A resource beyond the first two makes all its points malformed. Of more than 64
/// exemplars of a point the first ones are kept. Attributes that are not a text, a number or a truth value
/// are left out. throws Error for a body that is none; the message quotes nothing of it. What a sink has
/// received by then remains: call it once with a sink that keeps nothing.
void decode_otlp(std::string_view protobuf, PointSink& sink);

}  // namespace dbpool
