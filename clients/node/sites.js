// Finds the line of the application that requests a connection.
'use strict';

const { sep } = require('node:path');
const { fileURLToPath } = require('node:url');
const { tagValue } = require('./sender');

const frames = 16;
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

  // Returns the site, or "" where all frames belong to the library.
  caller() {
    for (const frame of stack()) {
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

// Returns the frames above, without the cost of a text of them.
function stack() {
  const { stackTraceLimit, prepareStackTrace } = Error;
  try {
    Error.stackTraceLimit = frames;
    Error.prepareStackTrace = (_, sites) => sites;
    const holder = {};
    Error.captureStackTrace(holder, stack);
    return holder.stack;
  } catch {
    return []; // Error is frozen
  } finally {
    try {
      Object.assign(Error, { stackTraceLimit, prepareStackTrace });
    } catch {
      // then it was not changed either
    }
  }
}

module.exports = { Sites };
