// The pool's figures by OpenTelemetry: its instrumentation of pg, and a wait time with the default buckets.
'use strict';

const { PrometheusExporter } = require('@opentelemetry/exporter-prometheus');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { PgInstrumentation } = require('@opentelemetry/instrumentation-pg');
const { MeterProvider } = require('@opentelemetry/sdk-metrics');

const exporter = new PrometheusExporter({ preventServerStart: true });
const meterProvider = new MeterProvider({ readers: [exporter] });
registerInstrumentations({ meterProvider, instrumentations: [new PgInstrumentation()] });

exports.observe = (_, pool) => {
  const waits = meterProvider.getMeter('shop').createHistogram('db.client.connection.wait_time', { unit: 's' });
  const attributes = { 'db.client.connection.pool.name': pool };
  return {
    recordWait: (seconds) => waits.record(seconds, attributes),
    serveMetrics: (request, response) => exporter.getMetricsRequestHandler(request, response),
  };
};
