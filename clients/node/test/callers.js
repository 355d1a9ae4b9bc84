// Six callers that use a pool of three, for tests and for the application that they start.
'use strict';

const { setTimeout: sleep } = require('node:timers/promises');

const callers = 6;
const turns = 20;
const useMs = 2;

async function call(pool, waits) {
  for (let i = 0; i < turns; i++) {
    const start = performance.now();
    const client = await pool.connect();
    waits.push(performance.now() - start);
    await sleep(useMs);
    client.release();
  }
}

// Resolves to the callers' waits in ms.
async function useAll(pool) {
  const waits = [];
  await Promise.all(Array.from({ length: callers }, () => call(pool, waits)));
  return waits;
}

module.exports = { useAll };
