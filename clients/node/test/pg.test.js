// The adapter of node-pg, with the server in DBPOOL_TEST_POSTGRES.
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { Pool } = require('pg');
const { Sender } = require('..');
const { observe } = require('../pg');
const { useAll } = require('./callers');
const { Receiver } = require('./receiver');

const url = process.env.DBPOOL_TEST_POSTGRES;

async function observed(context, options = {}, settings = {}) {
  const receiver = await new Receiver().bind();
  const sender = new Sender(receiver.address);
  const pool = new Pool({ connectionString: url, max: 3, ...options });
  observe(pool, 'shop', { sender, ...settings });
  context.after(async () => {
    if (!pool.ending) await pool.end();
    await sender.close();
    await receiver.close();
  });
  return { receiver, pool };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const leases = (lines) => new Set(lines.map((line) => line.tags.lease));

test('six callers of three connections are counted and timed', async (context) => {
  const { receiver, pool } = await observed(context);
  let acquisitions = 0;
  pool.on('acquire', () => acquisitions++);
  const waits = await useAll(pool);
  await receiver.counts({ acquired: waits.length, released: waits.length, connected: 3 });
  const acquired = receiver.of('acquired');
  assert.equal(acquired.length, acquisitions);
  assert.deepEqual(leases(receiver.of('released')), leases(acquired));
  const measured = median(acquired.map((line) => Number(line.value)));
  assert.ok(Math.abs(measured - median(waits)) < 1, `${measured} is not ${median(waits)}`);
  const gauge = (verb, value) => receiver.of(verb).some((line) => line.value === value);
  await receiver.until(() => gauge('idle', '3') && gauge('active', '0') && gauge('waiting', '0') && gauge('max', '3'));
});

test('a client that is kept has the site of its caller', async (context) => {
  const { receiver, pool } = await observed(context);
  async function keeper() {
    return pool.connect();
  }
  const kept = await keeper();
  await receiver.counts({ acquired: 1 });
  assert.match(receiver.of('acquired')[0].tags.site, new RegExp(`^${__filename}:[0-9]+ keeper$`));
  kept.release();
});

test('a query of the pool has the site of its caller, from the cache as well', async (context) => {
  const { receiver, pool } = await observed(context);
  for (let i = 0; i < 2; i++) {
    await pool.query('SELECT 1');
  }
  await pool.query('SELECT 1');
  await receiver.counts({ acquired: 3, released: 3 });
  const lines = receiver.of('acquired').map((line) => Number(/test\.js:([0-9]+)/.exec(line.tags.site)[1]));
  assert.deepEqual(lines, [lines[0], lines[0], lines[0] + 2]);
});

test('a callback gets its client', async (context) => {
  const { receiver, pool } = await observed(context);
  await new Promise((resolve, reject) => {
    pool.connect((error, client, release) => {
      if (error) return reject(error);
      release();
      resolve();
    });
  });
  await receiver.counts({ acquired: 1, released: 1 });
});

test('without sites there are none, and the stack of errors is as before', async (context) => {
  const { receiver, pool } = await observed(context, {}, { sites: false });
  await pool.query('SELECT 1');
  await receiver.counts({ acquired: 1 });
  assert.equal(receiver.of('acquired')[0].tags.site, undefined);
});

test('finding a site leaves the stack of errors as it was', async (context) => {
  const { pool } = await observed(context);
  const before = [Error.stackTraceLimit, Error.prepareStackTrace];
  await pool.query('SELECT 1');
  assert.deepEqual([Error.stackTraceLimit, Error.prepareStackTrace], before);
});

test('requests that time out or are rejected are reported and fail', async (context) => {
  const { receiver, pool } = await observed(context, { max: 1, connectionTimeoutMillis: 500 });
  const client = await pool.connect();
  await assert.rejects(pool.connect(), /timeout exceeded/);
  client.release();
  await pool.end();
  await assert.rejects(pool.connect(), /after calling end/);
  await receiver.counts({ acquire_timeout: 1, acquire_rejected: 1 });
  assert.ok(Number(receiver.of('acquire_timeout')[0].value) >= 499);
  assert.equal(receiver.of('acquired').length, 1);
});

test('a client that cannot connect is reported', async (context) => {
  const { receiver, pool } = await observed(context, { connectionString: 'postgresql://127.0.0.1:1/postgres' });
  await assert.rejects(pool.connect(), { code: 'ECONNREFUSED' });
  await receiver.counts({ connect_failed: 1 });
  assert.equal(receiver.of('connect_failed')[0].tags.error_type, 'network');
});

test('clients are reported as closed, with the reason', async (context) => {
  const { receiver, pool } = await observed(context, { idleTimeoutMillis: 50 });
  const closed = (n) => receiver.counts({ closed: n });
  (await pool.connect()).release(new Error('broken'));
  await closed(1);
  (await pool.connect()).release();
  await closed(2);
  pool.options.idleTimeoutMillis = 0;
  pool.options.maxUses = 1;
  (await pool.connect()).release();
  await closed(3);
  pool.options.maxUses = Infinity;
  const pid = (await pool.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
  const failed = once(pool, 'error');
  const other = new Pool({ connectionString: url });
  await other.query('SELECT pg_terminate_backend($1)', [pid]);
  await other.end();
  await failed.catch(() => {});
  await closed(4);
  await pool.query('SELECT 1');
  await pool.end();
  await closed(5);
  assert.deepEqual(
    receiver.of('closed').map((line) => line.tags.reason),
    ['error', 'idle', 'max_lifetime', 'error', 'shutdown'],
  );
});

test('an error of the pool without a listener is thrown as before', async (context) => {
  const { pool } = await observed(context);
  assert.throws(() => pool.emit('error', new Error('of an idle client')), /of an idle client/);
});

test('a pool that has ended has no connections', async (context) => {
  const { receiver, pool } = await observed(context);
  await pool.query('SELECT 1');
  await receiver.until(() => receiver.of('idle').at(-1)?.value === '1');
  await pool.end();
  await receiver.until(() => receiver.of('idle').at(-1).value === '0');
});

test('without an address nothing is changed', () => {
  delete process.env.DBPOOL_EVENTS;
  const pool = new Pool();
  observe(pool, 'shop');
  assert.ok(!Object.hasOwn(pool, 'connect'));
  assert.equal(pool.listenerCount('release'), 0);
});
