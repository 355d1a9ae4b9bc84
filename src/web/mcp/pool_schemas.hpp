#pragma once

#include <string_view>

namespace dbpool::mcp {

// The JSON schemas of the tools about the present: what each accepts, and what its document has. A field that
// may be null is not known then. Further fields of a document are those of the path with the same content.

inline constexpr std::string_view list_pools_input = R"({
  "type": "object",
  "properties": {
    "status": {"type": "string", "enum": ["unknown", "healthy", "degraded", "unhealthy"],
               "description": "only the pools with this status"}
  },
  "additionalProperties": false
})";

inline constexpr std::string_view list_pools_output = R"({
  "type": "object",
  "properties": {
    "overall_status": {"type": "string", "description": "the worst of all pools and sources"},
    "overall_message": {"type": "string"},
    "sources_down": {"type": "array", "items": {"type": "string"}},
    "pools": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "name": {"type": "string"},
          "status": {"type": "string"},
          "verdict": {"type": ["string", "null"]},
          "message": {"type": "string"},
          "reasons": {"type": "array", "items": {"type": "string"}},
          "active_connections": {"type": ["integer", "null"]},
          "total_capacity": {"type": ["integer", "null"]},
          "waiting_requests": {"type": ["integer", "null"]},
          "since": {"type": ["string", "null"], "description": "when the status changed last, if that is known"}
        },
        "required": ["name", "status", "verdict", "message", "reasons", "active_connections", "total_capacity",
                     "waiting_requests", "since"]
      }
    },
    "total_pools": {"type": "integer", "description": "whatever their status"},
    "left_out": {"type": "integer", "description": "further pools, which are no worse than those shown"}
  },
  "required": ["overall_status", "overall_message", "sources_down", "pools", "total_pools", "left_out"]
})";

inline constexpr std::string_view explain_pool_input = R"({
  "type": "object",
  "properties": {"pool": {"type": "string", "description": "the name of a pool"}},
  "required": ["pool"],
  "additionalProperties": false
})";

inline constexpr std::string_view explain_pool_output = R"({
  "type": "object",
  "properties": {
    "pool": {"type": "string"},
    "verdict": {"type": "string"},
    "sentence": {"type": "string"},
    "evidence": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "figure": {"type": "string"},
          "value": {"type": ["number", "null"]},
          "bound": {"type": ["number", "null"]}
        },
        "required": ["figure", "value", "bound"]
      }
    },
    "next_step": {"type": ["string", "null"]},
    "demand": {"type": ["number", "null"], "description": "connections wanted at once"},
    "needed_size": {"type": ["integer", "null"], "description": "connections that the pool needs"},
    "runbook": {"type": ["string", "null"], "description": "a path in the repository of dbpool_exporter"},
    "sites": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "site": {"type": "string"},
          "leases": {"type": "integer"},
          "longest_held_seconds": {"type": ["number", "null"]}
        },
        "required": ["site", "leases", "longest_held_seconds"]
      }
    }
  },
  "required": ["pool", "verdict", "sentence", "evidence", "next_step", "demand", "needed_size", "runbook", "sites"]
})";

inline constexpr std::string_view list_leaks_input = R"({
  "type": "object",
  "properties": {"pool": {"type": "string", "description": "only the leaks of this pool"}},
  "additionalProperties": false
})";

inline constexpr std::string_view list_leaks_output = R"({
  "type": "object",
  "properties": {
    "leaks": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "pool": {"type": "string"},
          "lease": {"type": "integer"},
          "connection_id": {"type": "string"},
          "held_duration_seconds": {"type": "number"},
          "site": {"type": "string", "description": "the code, or the application, that acquired it"},
          "stack": {"type": "array", "items": {"type": "string"}}
        },
        "required": ["pool", "lease", "connection_id", "held_duration_seconds", "site", "stack"]
      }
    },
    "total_leaks": {"type": "integer"},
    "left_out": {"type": "integer", "description": "further leaks, none held for longer"}
  },
  "required": ["leaks", "total_leaks", "left_out"]
})";

}  // namespace dbpool::mcp
