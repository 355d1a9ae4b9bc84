#pragma once

#include <string_view>

namespace dbpool::mcp {

// The JSON schemas of the tools about the past, as pool_schemas.hpp has those about the present.

inline constexpr std::string_view pool_history_input = R"({
  "type": "object",
  "properties": {
    "pool": {"type": "string", "description": "the name of a pool"},
    "hours": {"type": "number", "minimum": 0, "maximum": 24, "description": "how far back; 1 without it"}
  },
  "required": ["pool"],
  "additionalProperties": false
})";

inline constexpr std::string_view pool_history_output = R"({
  "type": "object",
  "properties": {
    "pool": {"type": "string"},
    "interval_seconds": {"type": "number", "description": "of the stretch that each point stands for"},
    "changes": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "timestamp": {"type": "string"},
          "from": {"type": "string"},
          "to": {"type": "string"}
        },
        "required": ["timestamp", "from", "to"]
      }
    },
    "history": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "timestamp": {"type": "string"},
          "status": {"type": "string"},
          "total_connections": {"type": ["integer", "null"]},
          "active": {"type": ["integer", "null"]},
          "idle": {"type": ["integer", "null"]},
          "waiting": {"type": ["integer", "null"]},
          "failed_health_checks": {"type": ["integer", "null"]},
          "average_response_time_ms": {"type": ["number", "null"]},
          "errors_last_hour": {"type": ["integer", "null"]}
        },
        "required": ["timestamp", "status", "active", "waiting"]
      }
    }
  },
  "required": ["pool", "interval_seconds", "changes", "history"]
})";

inline constexpr std::string_view recent_changes_input = R"({
  "type": "object",
  "properties": {
    "minutes": {"type": "number", "minimum": 0, "maximum": 525600, "description": "how far back; 60 without it"}
  },
  "additionalProperties": false
})";

inline constexpr std::string_view recent_changes_output = R"({
  "type": "object",
  "properties": {
    "events": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "timestamp": {"type": "string"},
          "kind": {"type": "string"},
          "source": {"type": ["string", "null"]},
          "pool": {"type": ["string", "null"]},
          "message": {"type": "string"}
        },
        "required": ["timestamp", "kind", "source", "pool", "message"]
      }
    },
    "left_out": {"type": "integer", "description": "further events, which are older"}
  },
  "required": ["events", "left_out"]
})";

}  // namespace dbpool::mcp
