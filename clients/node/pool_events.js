// The events of one pool, as lines of the wire format.
'use strict';

const { tagValue } = require('./sender');

const gaugesPeriodMs = 10000; // after which gauges that have not changed are sent again, as a sign of life

const ms = (start) => (performance.now() - start).toFixed(4);

// Records the events of one pool. No call waits or throws. `start` is the performance.now() of a request.
class PoolEvents {
  #sender;
  #tags;

  constructor(sender, pool) {
    this.#sender = sender;
    this.#tags = `#pool:${tagValue(pool)}`;
  }

  // Returns the lease, for `released`. `site` is the place of the request, "" where it is not known.
  acquired(start, site = '') {
    const lease = { number: this.#sender.nextLease(), start: performance.now() };
    const tag = site === '' ? '' : `,site:${site}`;
    const waited = (lease.start - start).toFixed(4);
    this.#sender.put(`dbpool.acquired:${waited}|ms|${this.#tags},lease:${lease.number}${tag}`);
    return lease;
  }

  released(lease) {
    this.#sender.put(`dbpool.released:${ms(lease.start)}|ms|${this.#tags},lease:${lease.number}`);
  }

  timedOut(start) {
    this.#sender.put(`dbpool.acquire_timeout:${ms(start)}|ms|${this.#tags}`);
  }

  rejected() {
    this.#sender.put(`dbpool.acquire_rejected:1|c|${this.#tags}`);
  }

  connected(start) {
    this.#sender.put(`dbpool.connected:${ms(start)}|ms|${this.#tags}`);
  }

  // `errorType`: connect, authentication, timeout, network or other.
  connectFailed(errorType) {
    this.#sender.put(`dbpool.connect_failed:1|c|${this.#tags},error_type:${errorType}`);
  }

  // `reason`: max_lifetime, idle, validation, error, overflow, closed or shutdown.
  closed(reason) {
    this.#sender.put(`dbpool.closed:1|c|${this.#tags},reason:${reason}`);
  }

  // Sends gauges where one has changed, and now and then. `read()` returns an object of idle, active, opening,
  // waiting, min, max, as far as known, and null when the pool has gone.
  sample(read) {
    let last = '';
    let due = 0;
    this.#sender.sample(() => {
      const values = read();
      if (values === null) return null;
      const lines = Object.entries(values).map(([name, value]) => `dbpool.${name}:${value}|g|${this.#tags}`);
      const text = lines.join();
      if (text === last && performance.now() < due) return [];
      last = text;
      due = performance.now() + gaugesPeriodMs;
      return lines;
    });
  }
}

module.exports = { PoolEvents };
