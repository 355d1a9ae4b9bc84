"""Observes the QueuePool of an SQLAlchemy engine, with or without asyncio."""

import time

import sqlalchemy
import sqlalchemy.event
import sqlalchemy.exc
import sqlalchemy.pool

from . import from_environment
from .pool_events import PoolEvents
from .sites import Sites

_LEASE = "dbpool_events.lease"
_REASON = "dbpool_events.reason"


def observe(engine, pool, *, sites=True, sender=None):
    """Reports the events of an Engine, an AsyncEngine or a QueuePool under the name `pool`.

    Call it before the first connection. Changes nothing where `sender` is None and DBPOOL_EVENTS is not set.
    Raises TypeError if the engine has no QueuePool.
    """
    engine = getattr(engine, "sync_engine", engine)
    library_pool = getattr(engine, "pool", engine)
    if not isinstance(library_pool, sqlalchemy.pool.QueuePool):
        raise TypeError(f"cannot observe {type(library_pool).__name__}: only a QueuePool has a limit to wait for")
    sender = sender or from_environment()
    if sender is None:
        return
    named = Sites(sqlalchemy) if sites else None
    observer = _Observer(PoolEvents(sender, pool, sites=named, timeouts=sqlalchemy.exc.TimeoutError))
    for name in ("checkin", "detach", "close", "close_detached", "invalidate"):
        sqlalchemy.event.listen(library_pool, name, getattr(observer, "on_" + name))
    observer.attach(library_pool)
    if engine is not library_pool:
        # dispose() makes a new pool, with the old one's listeners.
        sqlalchemy.event.listen(engine, "engine_disposed", lambda disposed: observer.attach(disposed.pool))


class _Observer:
    def __init__(self, events):
        self._events = events
        self._pool = None
        self._used_pool = None

    def attach(self, pool):
        """Measures the waits for connections, and for their opening, for which SQLAlchemy has no events."""
        events = self._events
        connect, create = pool.connect, pool._invoke_creator
        self._pool = pool

        def measured_connect():
            with events.request() as request:
                connection = connect()
            connection.record_info[_LEASE] = request.acquired()
            self._used_pool = pool
            return connection

        def measured_create(record):
            with events.connecting():
                return create(record)

        pool.connect, pool._invoke_creator = measured_connect, measured_create
        events.sample(self._gauges)

    def _gauges(self):
        pool = self._pool
        waiting, opening = self._events.under_way()
        # With asyncio the first use of the queue makes it, which only the application's thread may do.
        used = pool is self._used_pool
        gauges = {
            "idle": pool.checkedin() if used else 0,
            "active": max(0, pool.checkedout() - opening) if used else 0,
            "opening": opening,
            "waiting": max(0, waiting - opening),  # a caller opens its own connection
        }
        if pool.size() > 0 and pool._max_overflow >= 0:
            gauges["max"] = pool.size() + pool._max_overflow
        return gauges

    def on_checkin(self, _connection, record):
        self._events.released(record.record_info.pop(_LEASE, None))

    def on_detach(self, _connection, record):
        self._events.released(record.record_info.pop(_LEASE, None))

    def on_invalidate(self, _connection, record, error):
        validation = isinstance(error, sqlalchemy.exc.DisconnectionError)
        record.record_info[_REASON] = "validation" if validation else "error" if error else "closed"

    def on_close(self, _connection, record):
        self._events.closed(record.record_info.pop(_REASON, None) or self._reason(record))

    def on_close_detached(self, _connection):
        self._events.closed("closed")

    def _reason(self, record):
        pool = self._pool
        if pool._invalidate_time > record.starttime:
            return "error"  # another connection was found broken
        if -1 < pool._recycle < time.time() - record.starttime:
            return "max_lifetime"
        return "overflow" if pool.checkedin() >= pool.size() else "closed"
