// A UDP socket that receives what a sender sends.
'use strict';

const dgram = require('node:dgram');
const { once } = require('node:events');

const patienceMs = 20000; // only a test that fails waits as long

function parse(text) {
  const [head, type, tags] = text.split('|');
  const [name, value] = head.split(':');
  const pairs = tags
    .slice(1)
    .split(',')
    .map((tag) => [tag.slice(0, tag.indexOf(':')), tag.slice(tag.indexOf(':') + 1)]);
  return { text, verb: name.replace('dbpool.', ''), value, type, tags: Object.fromEntries(pairs) };
}

class Receiver {
  datagrams = [];
  lines = [];
  #port = 0;

  async bind() {
    this.socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
    this.socket.on('message', (message) => {
      this.datagrams.push(message.toString());
      this.lines.push(...message.toString().split('\n').map(parse));
    });
    this.socket.bind(this.#port, '127.0.0.1');
    await once(this.socket, 'listening');
    this.#port = this.socket.address().port;
    this.address = `udp://127.0.0.1:${this.#port}`;
    return this;
  }

  close() {
    return new Promise((resolve) => this.socket.close(resolve));
  }

  of(verb) {
    return this.lines.filter((line) => line.verb === verb);
  }

  // Resolves when `done()` holds.
  async until(done) {
    const signal = AbortSignal.timeout(patienceMs);
    while (!done()) {
      try {
        await once(this.socket, 'message', { signal });
      } catch (error) {
        throw new Error(`not received; these were:\n${this.datagrams.join('\n')}`, { cause: error });
      }
    }
  }

  // Resolves when there are so many lines of each verb.
  counts(numbers) {
    return this.until(() => Object.entries(numbers).every(([verb, n]) => this.of(verb).length >= n));
  }
}

module.exports = { Receiver };
