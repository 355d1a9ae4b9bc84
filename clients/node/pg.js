// Observes a Pool of node-pg.
'use strict';

const { errorMonitor } = require('node:events');
const { fromEnvironment, PoolEvents } = require('./index');
const { Sites } = require('./sites');

const library = /[\\/]node_modules[\\/](pg|pg-pool|pg-native)[\\/]/;
const timeoutText = 'timeout exceeded when trying to connect';
const endedText = 'Cannot use a pool after calling end on the pool';

// Reports the events of the pool under `name`. Call it before the first connection. Changes nothing where `sender` is
// null, which it is where DBPOOL_EVENTS is not set. `sites: false` leaves out the place of each acquisition.
function observe(pool, name, { sites = true, sender = fromEnvironment() } = {}) {
  if (sender === null) return;
  const events = new PoolEvents(sender, name);
  measureAcquisitions(pool, events, sites ? new Sites(library) : null);
  const opening = measureConnects(pool, events);
  reportClosed(pool, events);
  sampleGauges(new WeakRef(pool), events, opening);
}

function measureAcquisitions(pool, events, sites) {
  const leases = new WeakMap(); // client in use -> lease
  const { connect } = pool;

  pool.connect = function measuredConnect(callback) {
    const start = performance.now();
    const site = sites === null ? '' : sites.caller(measuredConnect);
    const acquired = (client) => leases.set(client, events.acquired(start, site));
    const refused = (error) => {
      if (error?.message === timeoutText) events.timedOut(start);
      else if (error?.message === endedText) events.rejected();
    };
    if (callback) {
      return connect.call(this, (error, client, release) => {
        if (error) refused(error);
        else acquired(client);
        callback(error, client, release);
      });
    }
    return connect.call(this).then(
      (client) => {
        acquired(client);
        return client;
      },
      (error) => {
        refused(error);
        throw error;
      },
    );
  };

  pool.on('release', (_error, client) => {
    const lease = leases.get(client);
    if (lease === undefined) return; // the request had timed out
    leases.delete(client);
    events.released(lease);
  });
}

// Returns the set of clients that connect.
function measureConnects(pool, events) {
  const opening = new Set();
  pool.Client = class extends pool.Client {
    connect(callback) {
      if (!callback) return super.connect();
      const start = performance.now();
      opening.add(this);
      return super.connect((error, ...rest) => {
        opening.delete(this);
        if (error) events.connectFailed(errorType(error));
        else events.connected(start);
        callback(error, ...rest);
      });
    }
  };
  return opening;
}

function reportClosed(pool, events) {
  const reasons = new WeakMap(); // client -> reason
  pool.on('release', (error, client) => {
    if (error) reasons.set(client, 'error');
    else if (pool._expired?.has(client) || client._poolUseCount >= pool.options.maxUses) reasons.set(client, 'max_lifetime');
  });
  pool.on(errorMonitor, (_error, client) => client && reasons.set(client, 'error')); // of an idle client
  pool.on('remove', (client) => events.closed(reasons.get(client) ?? (pool.ending ? 'shutdown' : 'idle')));
}

function sampleGauges(reference, events, opening) {
  let ended = false;
  events.sample(() => {
    const pool = reference.deref();
    if (pool === undefined || ended) return null;
    ended = pool.ended;
    return {
      idle: pool.idleCount,
      active: Math.max(0, pool.totalCount - pool.idleCount - opening.size),
      opening: opening.size,
      waiting: pool.waitingCount,
      min: pool.options.min ?? 0,
      max: pool.options.max,
    };
  });
}

function errorType(error) {
  const code = String(error.code ?? '');
  if (/^28/.test(code)) return 'authentication';
  if (code === 'ETIMEDOUT' || /timeout/i.test(error.message)) return 'timeout';
  return error.syscall ? 'network' : 'connect';
}

module.exports = { observe };
