// The pool's figures by prom-client, under names that the application made.
'use strict';

const prometheus = require('prom-client');

function gauge(name, help, read) {
  new prometheus.Gauge({
    name,
    help,
    collect() {
      this.set(read());
    },
  });
}

exports.observe = (pool) => {
  gauge('shop_pg_pool_total', 'Open connections.', () => pool.totalCount);
  gauge('shop_pg_pool_idle', 'Idle connections.', () => pool.idleCount);
  gauge('shop_pg_pool_waiting', 'Callers that wait.', () => pool.waitingCount);
  gauge('shop_pg_pool_max', 'Most connections.', () => pool.options.max);
  const waits = new prometheus.Histogram({
    name: 'shop_pg_pool_wait_ms',
    help: 'Time to get a connection.',
    buckets: [1, 10, 100, 1000, 10000],
  });
  return {
    recordWait: (seconds) => waits.observe(seconds * 1000),
    serveMetrics: async (_, response) => {
      response.setHeader('Content-Type', prometheus.register.contentType);
      response.end(await prometheus.register.metrics());
    },
  };
};
