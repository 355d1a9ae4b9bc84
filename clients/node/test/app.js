// An application that reports its pool to DBPOOL_EVENTS, and says at its end what it did: six callers use a pool of
// three, and one connection leaks.
//
// usage: app.js URL
'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { Pool } = require('pg');
const { fromEnvironment } = require('..');
const { observe } = require('../pg');
const { useAll } = require('./callers');

async function leak(pool) {
  await pool.connect();
  return Number(/app\.js:([0-9]+)/.exec(new Error().stack)[1]) - 1;
}

async function main() {
  const pool = new Pool({ connectionString: process.argv[2], max: 3 });
  observe(pool, 'orders');
  const waits = await useAll(pool);
  const line = await leak(pool);
  await sleep(1100); // the gauges are sent once a second
  await fromEnvironment().close();
  console.log(JSON.stringify({ acquisitions: waits.length + 1, waits, leaked_at: `app.js:${line} ` }));
  process.exit(0);
}

main();
