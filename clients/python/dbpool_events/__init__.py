"""Sends the events of an application's database connection pools to dbpool_exporter.

An adapter for each library is a module of its own: `dbpool_events.sqlalchemy` and `dbpool_events.psycopg_pool`.
For another library, call `PoolEvents` where it requests, gets and returns a connection.
"""

import functools
import logging
import os

from .pool_events import PoolEvents
from .sender import Sender

__all__ = ["PoolEvents", "Sender", "from_environment"]


def from_environment():
    """Returns the sender to the address in DBPOOL_EVENTS, one for a process, or None where the variable is not set.

    An address that is not understood is logged, and then nothing is observed: it never fails the application.
    """
    return _sender(os.environ.get("DBPOOL_EVENTS", ""))


@functools.lru_cache(maxsize=None)
def _sender(address):
    if not address:
        return None
    try:
        return Sender(address)
    except ValueError as error:
        logging.getLogger(__name__).warning("DBPOOL_EVENTS is ignored: %s", error)
        return None
