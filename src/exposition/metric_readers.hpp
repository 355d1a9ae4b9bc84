#pragma once

#include "exposition/series_sink.hpp"
#include "snapshot/fleet_snapshot.hpp"

namespace dbpool::metric_readers {

// Readers of the metrics that are more than one figure. Each adds the known series of one metric.

void pool_info(const PoolReport& report, SeriesSink& out);

void source_info(const SourceReport& report, SeriesSink& out);
void up(const SourceReport& report, SeriesSink& out);
void pushes_rejected(const SourceReport& report, SeriesSink& out);

void connections(const PoolReport& report, SeriesSink& out);
void closed(const PoolReport& report, SeriesSink& out);
void errors(const PoolReport& report, SeriesSink& out);
void health_status(const PoolReport& report, SeriesSink& out);
void health_reason(const PoolReport& report, SeriesSink& out);
void lifecycle(const PoolReport& report, SeriesSink& out);
void connections_demand(const PoolReport& report, SeriesSink& out);
void diagnosis(const PoolReport& report, SeriesSink& out);
void clients(const PoolReport& report, SeriesSink& out);

void build_info(const ExporterReport& report, SeriesSink& out);
void reload_successful(const ExporterReport& report, SeriesSink& out);
void web_reload_successful(const ExporterReport& report, SeriesSink& out);
void reload_success_time(const ExporterReport& report, SeriesSink& out);
void source_files(const ExporterReport& report, SeriesSink& out);

}  // namespace dbpool::metric_readers
