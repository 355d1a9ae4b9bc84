'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { join } = require('node:path');
const { promisify } = require('node:util');
const { test } = require('node:test');
const { Worker } = require('node:worker_threads');
const { fromEnvironment, PoolEvents, Sender } = require('..');
const { Receiver } = require('./receiver');

const index = join(__dirname, '..');

async function connected(context) {
  const receiver = await new Receiver().bind();
  const sender = new Sender(receiver.address);
  context.after(async () => {
    await sender.close();
    await receiver.close();
  });
  return { receiver, sender };
}

test('every line names the client, and the first of a datagram has a number', async (context) => {
  const { receiver, sender } = await connected(context);
  const line = 'dbpool.closed:1|c|#pool:shop,reason:idle';
  for (let datagram = 0; datagram < 2; datagram++) {
    sender.put(line);
    sender.put(line);
    sender.flush();
  }
  await receiver.until(() => receiver.datagrams.length === 2);
  const end = `,client:${sender.client}`;
  assert.deepEqual(receiver.datagrams, [
    `${line}${end},seq:1\n${line}${end}`,
    `${line}${end},seq:2\n${line}${end}`,
  ]);
});

test('a line is sent without a flush', async (context) => {
  const { receiver, sender } = await connected(context);
  const alive = setInterval(() => {}, 1000); // the sender's timers keep no process alive
  sender.put('dbpool.closed:1|c|#pool:shop');
  await receiver.counts({ closed: 1 });
  clearInterval(alive);
});

test('many lines fill small datagrams in order', async (context) => {
  const { receiver, sender } = await connected(context);
  for (let i = 0; i < 500; i++) sender.put(`dbpool.idle:${i}|g|#pool:shop`);
  sender.flush();
  await receiver.counts({ idle: 500 });
  assert.deepEqual(
    receiver.lines.map((line) => Number(line.value)),
    [...Array(500).keys()],
  );
  assert.ok(receiver.datagrams.every((text) => Buffer.byteLength(text) <= 1432));
  const numbers = receiver.lines.map((line) => line.tags.seq).filter(Boolean);
  assert.deepEqual(numbers, [...receiver.datagrams.keys()].map((i) => String(i + 1)));
});

test('what the system has not taken is bounded, and what is dropped leaves a gap', async (context) => {
  const { receiver, sender } = await connected(context);
  for (let i = 1; i <= 300; i++) {
    sender.put(`dbpool.idle:${i}|g|#pool:shop`);
    sender.flush(); // no datagram leaves before this loop ends
  }
  await receiver.counts({ idle: 256 });
  sender.put('dbpool.closed:1|c|#pool:shop');
  sender.flush();
  await receiver.counts({ closed: 1 });
  assert.equal(receiver.of('idle').length, 256);
  assert.equal(receiver.of('closed')[0].tags.seq, '301');
});

test('survives that the receiver is absent, and comes back', async (context) => {
  const { receiver, sender } = await connected(context);
  await receiver.close();
  for (let i = 0; i < 3; i++) {
    sender.put('dbpool.idle:1|g|#pool:shop');
    sender.flush();
    await new Promise(setImmediate);
  }
  await receiver.bind();
  sender.put('dbpool.closed:1|c|#pool:shop');
  sender.flush();
  await receiver.counts({ closed: 1 });
  assert.equal(receiver.of('closed')[0].tags.seq, '4');
});

test('a name cannot end a tag or a line', async (context) => {
  const { receiver, sender } = await connected(context);
  new PoolEvents(sender, 'a,b|c#d\ne\u2028f').closed('idle');
  sender.flush();
  await receiver.counts({ closed: 1 });
  assert.equal(receiver.lines[0].tags.pool, 'a_b_c_d_e_f');
});

test('a process that ends sends what waits, and is not kept alive', async (context) => {
  const { receiver } = await connected(context);
  const code = `const d = require(${JSON.stringify(index)});
    const events = new d.PoolEvents(d.fromEnvironment(), 'shop');
    events.sample(() => ({ idle: 0 }));
    events.closed('shutdown');`;
  const env = { ...process.env, DBPOOL_EVENTS: receiver.address };
  await promisify(execFile)(process.execPath, ['-e', code], { env, timeout: 20000 });
  await receiver.counts({ closed: 1 });
});

test('a worker thread is a client of its own', async (context) => {
  const { receiver, sender } = await connected(context);
  const code = `const d = require(${JSON.stringify(index)});
    new d.PoolEvents(d.fromEnvironment(), 'shop').closed('shutdown');
    d.fromEnvironment().close();`;
  new Worker(code, { eval: true, env: { DBPOOL_EVENTS: receiver.address } });
  await receiver.counts({ closed: 1 });
  assert.match(receiver.lines[0].tags.client, new RegExp(`-${process.pid}-[0-9]+-[0-9]+$`));
  assert.notEqual(receiver.lines[0].tags.client, sender.client);
});

test('without an address there is no sender', () => {
  delete process.env.DBPOOL_EVENTS;
  assert.equal(fromEnvironment(), null);
});

test('an address that is not understood gives a warning and no sender', async () => {
  const warnings = [];
  process.on('warning', (warning) => warnings.push(warning.message));
  const addresses = ['unix:///run/dbpool/events.sock', 'http://127.0.0.1:1', 'udp://127.0.0.1', 'udp://a:99999', 'udp://[x]:1'];
  for (const address of addresses) {
    process.env.DBPOOL_EVENTS = address;
    assert.equal(fromEnvironment(), null);
    assert.equal(fromEnvironment(), null); // warns once
  }
  await new Promise(setImmediate);
  assert.equal(warnings.length, addresses.length);
  assert.match(warnings[0], /^DBPOOL_EVENTS is ignored: Node has no Unix datagram sockets/);
  delete process.env.DBPOOL_EVENTS;
});
