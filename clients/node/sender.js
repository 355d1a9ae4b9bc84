// Sends lines as DogStatsD datagrams over UDP: Node has no Unix datagram sockets.
'use strict';

const dgram = require('node:dgram');
const net = require('node:net');
const os = require('node:os');
const { isMainThread, threadId } = require('node:worker_threads');

const datagramBytes = 1432; // the largest datagram that no network splits
const mostUnsent = 256; // datagrams; beyond, they are dropped
const periodMs = 100; // the longest that a line waits for its datagram to fill
const samplePeriodMs = 1000; // between two samples of the gauges
const retryPeriodMs = 1000; // between two sockets, after an error

// Sends to `udp://host:port`. No call waits or throws, and nothing keeps the process alive. A datagram that was
// dropped or lost leaves a gap in the numbers `seq`.
class Sender {
  #destination;
  #client;
  #clientTag;
  #channel = null; // a socket, and how many of its datagrams the system has not taken yet
  #retryAt = 0;
  #text = ''; // the lines of the next datagram
  #bytes = 0;
  #seq = 0;
  #lease = 0;
  #timer = null;
  #sampler = null;
  #samples = new Set();
  #beforeExit = () => this.flush();

  // Throws an Error if the address has another form.
  constructor(address) {
    this.#destination = parse(address);
    const started = Date.now() - Math.round(process.uptime() * 1000);
    const thread = isMainThread ? '' : `-${threadId}`;
    this.#client = `${tagValue(os.hostname())}-${process.pid}-${started}${thread}`;
    this.#clientTag = `,client:${this.#client}`;
    process.on('beforeExit', this.#beforeExit);
  }

  get client() {
    return this.#client;
  }

  // Returns a number that no other lease of this sender has.
  nextLease() {
    return ++this.#lease;
  }

  // Adds a line, which has tags, to the next datagram.
  put(line) {
    let text = line + this.#clientTag;
    let bytes = Buffer.byteLength(text) + 1;
    if (this.#bytes + bytes > datagramBytes) this.flush();
    if (this.#bytes === 0) {
      const seq = `,seq:${++this.#seq}`;
      text += seq;
      bytes += seq.length;
      this.#timer ??= setTimeout(() => this.flush(), periodMs).unref();
    } else {
      text = '\n' + text;
    }
    this.#text += text;
    this.#bytes += bytes;
  }

  // Calls `lines()` once a second, until it returns null.
  sample(lines) {
    this.#samples.add(lines);
    this.#sampler ??= setInterval(() => this.#sample(), samplePeriodMs).unref();
  }

  // Sends the lines that wait for their datagram to fill.
  flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#bytes === 0) return;
    const text = this.#text;
    this.#text = '';
    this.#bytes = 0;
    const channel = this.#open();
    if (channel === null || channel.unsent >= mostUnsent) return;
    channel.unsent++;
    channel.socket.send(text, this.#destination.port, this.#destination.host, () => channel.unsent--);
  }

  // Sends what waits, and resolves when the system has taken it. No line may follow.
  async close() {
    this.flush();
    clearInterval(this.#sampler);
    process.off('beforeExit', this.#beforeExit);
    while (this.#channel?.unsent > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    this.#channel?.socket.close();
    this.#channel = null;
  }

  #sample() {
    for (const lines of this.#samples) {
      const taken = lines();
      if (taken === null) this.#samples.delete(lines);
      else for (const line of taken) this.put(line);
    }
  }

  #open() {
    if (this.#channel !== null || Date.now() < this.#retryAt) return this.#channel;
    this.#retryAt = Date.now() + retryPeriodMs;
    const socket = dgram.createSocket(this.#destination.family).unref();
    const channel = { socket, unsent: 0 };
    socket.on('error', () => {
      if (this.#channel !== channel) return;
      this.#channel = null;
      socket.close();
    });
    this.#channel = channel;
    return channel;
  }
}

function parse(address) {
  if (/^unix:/.test(address)) throw new Error('Node has no Unix datagram sockets, the address must be udp://host:port');
  const [, v6, name, port] = /^udp:\/\/(?:\[([^\]]+)\]|([^/:@]+)):(\d+)\/?$/.exec(address) ?? [];
  const host = v6 ?? name;
  if (!host || port < 1 || port > 65535 || (v6 && !net.isIPv6(v6))) {
    throw new Error('the address of the events source must be udp://host:port');
  }
  return { host, port: Number(port), family: v6 ? 'udp6' : 'udp4' };
}

// Returns the text without what ends a tag or a line, at most 200 characters from its end.
function tagValue(text) {
  return String(text)
    .replace(/[,|#\p{C}\p{Zl}\p{Zp}]/gu, '_')
    .slice(-200);
}

module.exports = { Sender, tagValue };
