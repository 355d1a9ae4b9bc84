#pragma once

#include <string>

// The examples in the documents of the four systems, verbatim except for the parts replaced by "{...}". The
// readers accept them, and the JSON documents modelled on them produce them.
namespace dbpool::test {

inline const std::string ombudsman_stats = R"({
  "status": "success",
  "pools": {
    "sqlserver": {
      "name": "sqlserver",
      "pool_size": 3,
      "active_connections": 2,
      "total_capacity": 10,
      "min_size": 2,
      "statistics": {
        "created": 5,
        "reused": 127,
        "closed": 0,
        "errors": 0,
        "stale_cleaned": 0,
        "health_checks": 0
      },
      "utilization": 20.0
    },
    "snowflake": {}
  },
  "total_pools": 2
})";

inline const std::string ombudsman_health = R"({
  "overall_status": "healthy",
  "pools": [
    {
      "name": "sqlserver",
      "status": "healthy",
      "utilization": 20.0,
      "pool_size": 3,
      "active_connections": 2,
      "errors": 0
    }
  ],
  "total_pools": 2,
  "healthy_pools": 2,
  "warnings": []
})";

inline const std::string ombudsman_metrics = R"({
  "total_pools": 2,
  "total_connections": 8,
  "total_active": 3,
  "total_idle": 5,
  "total_capacity": 20,
  "overall_utilization": 15.0,
  "total_created": 12,
  "total_reused": 456,
  "total_closed": 2,
  "total_errors": 0,
  "reuse_ratio": 3800.0
})";

inline const std::string codebase_mcp_health = R"({
  "status": "healthy",
  "timestamp": "2025-10-13T14:30:00.000Z",
  "database": {
    "status": "connected",
    "pool": {
      "total": 5,
      "idle": 4,
      "active": 1,
      "waiting": 0
    },
    "latency_ms": 2.3,
    "last_error": null
  },
  "uptime_seconds": 3600.5
})";

inline const std::string eros_stats = R"({
    "pool_size": 10,
    "max_overflow": 5,
    "available": 7,
    "total_connections": 10,
    "overflow_in_use": 0,
    "active_connections": 3,
    "connections_created": 15,
    "connections_recycled": 5,
    "connections_failed": 0,
    "health_check_failures": 1,
    "connection_max_age": 300
})";

}  // namespace dbpool::test
