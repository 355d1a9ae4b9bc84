// Measures what observing costs an acquisition with its release, beside the bare library in one run.
// usage: python3 ../testing/with_postgres.py node cost/cost.js
// Prints the median microseconds of the process's processor time, those of the sender included.
'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { Pool } = require('pg');
const { Sender } = require('..');
const { observe } = require('../pg');

const batch = 1000;
const rounds = 60;
const receive = `
const socket = require('node:dgram').createSocket('udp4');
socket.bind(0, '127.0.0.1', () => console.log(socket.address().port));`;

function pool(settings) {
  const made = new Pool({ connectionString: process.env.DBPOOL_TEST_POSTGRES, max: 1 });
  if (settings) observe(made, 'cost', settings);
  return made;
}

async function use(made) {
  const start = process.cpuUsage();
  for (let i = 0; i < batch; i++) (await made.connect()).release();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / batch;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function main() {
  const receiver = spawn(process.execPath, ['-e', receive], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(await once(receiver.stdout, 'data'));
  const sender = new Sender(`udp://127.0.0.1:${port}`);
  const pools = { bare: pool(), observed: pool({ sender }), 'without sites': pool({ sender, sites: false }) };
  const costs = Object.fromEntries(Object.keys(pools).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // By turns, so that what else the machine does affects all of them.
    for (const [name, made] of Object.entries(pools)) costs[name].push(await use(made));
  }
  const text = Object.entries(costs).map(([name, numbers]) => `${name} ${median(numbers).toFixed(1)}`);
  console.log(`pg: ${text.join(', ')}`);
  for (const made of Object.values(pools)) await made.end();
  await sender.close();
  receiver.kill();
}

main();
