// Finds the line of the application that requests a connection.
'use strict';

const { sep } = require('node:path');
const { fileURLToPath } = require('node:url');
const { tagValue } = require('./sender');

// How many frames are looked at: first few, because each costs time.
const few = 2;
const many = 32;
const cacheSize = 10000;

// Names the first frame outside this package, Node and the library, as `file:line function`. `library` is a pattern of
// the library's files.
class Sites {
  #library;
  #names = new Map(); // file -> position in it -> site, "" where the frame belongs to the library
  #count = 0;

  constructor(library) {
    this.#library = library;
  }

  // Returns the site of the call of `callee`, or "" where all frames belong to the library.
  caller(callee) {
    return this.#first(stack(callee, few)) || this.#first(stack(callee, many));
  }

  #first(frames) {
    for (const frame of frames) {
      const name = this.#cached(frame);
      if (name !== '') return name;
    }
    return '';
  }

  #cached(frame) {
    const file = frame.getFileName() ?? '';
    const position = frame.getPosition();
    let positions = this.#names.get(file);
    const known = positions?.get(position);
    if (known !== undefined) return known;
    if (this.#count++ >= cacheSize) {
      this.#names.clear();
      this.#count = 1;
      positions = undefined;
    }
    if (positions === undefined) this.#names.set(file, (positions = new Map()));
    const name = this.#name(file, frame);
    positions.set(position, name);
    return name;
  }

  #name(file, frame) {
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    if (path === '' || path.startsWith('node:') || this.#library.test(path) || own(path)) return '';
    return tagValue(`${path}:${frame.getLineNumber()} ${frame.getFunctionName() ?? ''}`.trimEnd());
  }
}

const own = (path) => path.startsWith(__dirname + sep) && !path.slice(__dirname.length + 1).includes(sep);

const frames = (_error, sites) => sites;

// Returns the frames below that of `callee`, without the cost of a text of them.
function stack(callee, limit) {
  const { stackTraceLimit, prepareStackTrace } = Error;
  try {
    Error.stackTraceLimit = limit;
    Error.prepareStackTrace = frames;
    const holder = {};
    Error.captureStackTrace(holder, callee);
    return holder.stack;
  } catch {
    return []; // Error is frozen
  } finally {
    if (!Object.isFrozen(Error)) {
      Error.stackTraceLimit = stackTraceLimit;
      Error.prepareStackTrace = prepareStackTrace;
    }
  }
}

module.exports = { Sites };
