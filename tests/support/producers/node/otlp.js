// The pool's figures by OpenTelemetry's instrumentation of pg, pushed by its SDK. OTEL_EXPORTER_OTLP_* and
// OTEL_RESOURCE_ATTRIBUTES have their usual meaning; /push exports at once.
'use strict';

const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { PgInstrumentation } = require('@opentelemetry/instrumentation-pg');
const { detectResources, envDetector } = require('@opentelemetry/resources');
const { MeterProvider, PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics');

const encoding = process.env.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL === 'http/json' ? 'http' : 'proto';
const { OTLPMetricExporter } = require(`@opentelemetry/exporter-metrics-otlp-${encoding}`);

const intervalMs = Number(process.env.OTEL_METRIC_EXPORT_INTERVAL ?? 60000);
const reader = new PeriodicExportingMetricReader({
  exporter: new OTLPMetricExporter(),
  exportIntervalMillis: intervalMs,
  exportTimeoutMillis: Math.min(intervalMs, 10000),
});
const resource = detectResources({ detectors: [envDetector] });
const meterProvider = new MeterProvider({ readers: [reader], resource });
registerInstrumentations({ meterProvider, instrumentations: [new PgInstrumentation()] });

exports.observe = (_, pool) => {
  const waits = meterProvider.getMeter('shop').createHistogram('db.client.connection.wait_time', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] },
  });
  const attributes = { 'db.client.connection.pool.name': pool };
  return {
    recordWait: (seconds) => waits.record(seconds, attributes),
    push: () => reader.forceFlush(),
  };
};
