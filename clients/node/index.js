// Sends the events of an application's database connection pools to dbpool_exporter. The adapter of node-pg is
// `dbpool-events/pg`; for another library, call PoolEvents where it requests, gets and returns a connection.
'use strict';

const { PoolEvents } = require('./pool_events');
const { Sender } = require('./sender');

let shared;

// Returns the sender to the address in DBPOOL_EVENTS, one for a process, or null where the variable is not set. An
// address that is not understood gives a warning, and then nothing is observed: it never fails the application.
function fromEnvironment() {
  const address = process.env.DBPOOL_EVENTS;
  if (!address) return null;
  if (shared?.address !== address) shared = { address, sender: open(address) };
  return shared.sender;
}

function open(address) {
  try {
    return new Sender(address);
  } catch (error) {
    process.emitWarning(`DBPOOL_EVENTS is ignored: ${error.message}`);
    return null;
  }
}

module.exports = { PoolEvents, Sender, fromEnvironment };
