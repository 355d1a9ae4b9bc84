#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dbpool/model/histogram_recorder.hpp"
#include "snapshot/fleet_snapshot.hpp"
#include "support/fakes/pool_named.hpp"

namespace dbpool {

inline WallTime unix_time(double seconds) {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(std::chrono::duration<double>(seconds)));
}

/// Returns a histogram with one duration of 0.5 ms, `middle` of 0.25 s and one of 2 s.
inline std::shared_ptr<const Histogram> known_histogram(int middle) {
  HistogramRecorder histogram(std::make_shared<const BucketBounds>(std::vector{0.001, 0.5}));
  histogram.record(std::chrono::microseconds(500));
  for (int i = 0; i < middle; ++i) histogram.record(std::chrono::milliseconds(250));
  histogram.record(std::chrono::seconds(2));
  return histogram.value();
}

/// Returns the figures of an owned pool, each of them known.
inline PoolSnapshot known_pool(std::string name) {
  PoolSnapshot s = pool_named(std::move(name));
  s.info = {"postgres", "orders", "app", {{"team", "payments"}}};
  s.phase = PoolPhase::serving;
  s.idle = 3, s.active = 5, s.opening = 1, s.checking = 2;
  s.healthy = 9, s.probing = 1, s.min = 2, s.max = 12, s.configured = 10, s.overflow = 0, s.active_peak = 7;
  s.waiting = 4, s.oldest_waiter = 0.25;
  s.wait_peak = 1.5, s.wait_recent_peak = 0.5, s.wait_judged_peak = 0.5;
  s.acquisitions = 100, s.releases = 95, s.acquisition_timeouts = 6, s.acquisition_rejections = 8;
  s.acquisitions_slow = 27, s.acquisition_objective = 0.01;
  s.created = 20, s.reused = 80, s.connect_failures = 11;
  s.closed = {1, 2, 3, 4, 5, 6, 7};
  s.health_checks = 50, s.health_check_failures = 13;
  s.errors = {7, 6, 5, 4, 3, 2, 1};
  s.leaked = 1, s.leaks_detected = 14, s.leaks_recovered = 12, s.reconnect_attempts = 15;
  s.acquisition_duration = known_histogram(1);
  s.usage_duration = known_histogram(2);
  s.connect_duration = known_histogram(3);
  s.health_check_duration = known_histogram(4);
  s.errors_recent = 2, s.errors_last_hour = 9;
  s.created_at = unix_time(1000.5), s.last_health_check = unix_time(2000.25),
  s.last_error_at = unix_time(3000);
  s.last_error = "connection refused", s.last_error_kind = ErrorKind::connect;
  s.response_time = 0.002, s.last_connect_ok = true, s.last_contact_ok = true;
  return s;
}

/// Returns the same with the figures that only poolers and servers report.
inline PoolSnapshot known_pooler(std::string name) {
  PoolSnapshot s = known_pool(std::move(name));
  s.unknown = 16;
  s.clients_active = 17, s.clients_waiting = 18, s.clients_used = 25, s.clients_max = 26;
  s.idle_in_transaction = 27, s.waiting_for_lock = 28;
  s.server_connections = 29, s.server_connections_max = 30;
  s.paused = true, s.disabled = false;
  s.query_seconds = 19.5, s.transaction_seconds = 20.5, s.wait_seconds = 21.5;
  s.queries = 22, s.transactions = 23, s.oldest_transaction = 24.5;
  return s;
}

/// Returns the diagnosis of a pool that is too small, with every figure that it can have.
inline std::shared_ptr<const Diagnosis> known_diagnosis() {
  Diagnosis d;
  d.verdict = Verdict::too_small;
  d.ground = Ground::full;
  d.evidence = {{"demand", 14.5, 12}, {"waiting", 4, std::nullopt}};
  d.demand = 14.5, d.needed_size = 19, d.known_seconds = 3600;
  d.figures = {.idle = 0, .active = 12, .total = 12, .max = 12, .waiting = 4, .leaked = 0, .used_share = 1};
  return std::make_shared<const Diagnosis>(std::move(d));
}

/// Returns the state of a probed source's reads.
inline PoolSource::State known_reading() {
  PoolSource::State reading;
  reading.settled = true;
  reading.up = true;
  reading.reads = 30, reading.read_failures = 20, reading.dropped_pools = 10;
  reading.read_seconds = 0.5, reading.last_success = unix_time(5000);
  return reading;
}

inline SourceReport source_of(PoolSnapshot pool, SourceKind kind, Judgement health) {
  SourceReport source{pool.key.source(), kind, {}, {}};
  source.reading.up = true;
  source.pools.push_back({kind, std::move(pool), std::move(health)});
  return source;
}

inline ExporterReport known_exporter() {
  ExporterReport exporter{"1.2.3", "abc", "g++ 12", true, unix_time(4000), {}};
  exporter.last_web_reload_successful = true;
  exporter.source_files = {{"/etc/dbpool/sources.d/a.yml", true}, {"/etc/dbpool/sources.d/b.yml", false}};
  exporter.process = {0.5, 10.0, 1024.0, 5e9, 1e19, 2e7, 1e6, 900.0, 12.0};
  return exporter;
}

}  // namespace dbpool
