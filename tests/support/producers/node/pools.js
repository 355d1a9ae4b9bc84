// Six callers of a pool of three connections, whose figures it serves.
// usage: pools.js prom-client|otel|otlp URL
'use strict';

const http = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');

const size = 3;
const callers = 6;
const useMs = 10;

const [kind, argument] = process.argv.slice(2);
const url = new URL(argument);
const name = `${url.host}${url.pathname}`; // as OpenTelemetry's instrumentation of pg names the pool
const { observe } = require(`./${kind}`); // before pg, which OpenTelemetry patches as it is loaded
const { Pool } = require('pg');

const pool = new Pool({
  host: url.hostname,
  port: Number(url.port),
  user: url.username,
  database: url.pathname.slice(1),
  max: size,
});
const { recordWait, serveMetrics, push } = observe(pool, name);

// What the callers do: "run" uses connections, "hold" keeps them, "rest" wants none.
let stage = 'run';
async function hold() {
  stage = 'hold';
  while (held < size) await sleep(1);
}
async function reached(...names) {
  while (!names.includes(stage)) await sleep(1);
}

const waits = [];
let held = 0;
async function call() {
  for (;;) {
    await reached('run', 'hold');
    const start = performance.now();
    const connection = await pool.connect();
    const seconds = (performance.now() - start) / 1000;
    recordWait(seconds);
    waits.push(seconds);
    held++;
    await sleep(useMs);
    await reached('run', 'rest');
    held--;
    connection.release();
  }
}
for (let i = 0; i < callers; i++) call();

function truth() {
  return {
    active: pool.totalCount - pool.idleCount,
    idle: pool.idleCount,
    max: pool.options.max,
    waiting: pool.waitingCount,
    acquisitions: waits.length,
    'acquisition_duration.count': waits.length,
    'acquisition_duration.sum': waits.reduce((sum, wait) => sum + wait, 0),
    'acquisition_duration.within_10ms': waits.filter((wait) => wait <= 0.01).length,
  };
}

const server = http.createServer((request, response) => {
  if (request.url === '/metrics') {
    serveMetrics(request, response);
  } else if (request.url === '/hold') {
    hold().then(() => response.end());
  } else if (request.url === '/push') {
    push().then(
      () => response.end(),
      (error) => response.writeHead(502).end(String(error)),
    );
  } else if (request.url === '/truth') {
    response.end(JSON.stringify(truth()));
  } else {
    stage = request.url.slice(1);
    response.end();
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
