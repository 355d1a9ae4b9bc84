"""Observes a ConnectionPool or an AsyncConnectionPool of psycopg_pool."""

import psycopg_pool

from . import from_environment
from .pool_events import PoolEvents
from .sites import Sites


def observe(pool, name=None, *, sites=True, sender=None):
    """Reports the events of the pool under `name`, or under its own name.

    Call it before the first connection is requested; with `open=False` in the pool's constructor, and `open()`
    afterwards, the first connections are reported as opened too. Changes nothing where `sender` is None and
    DBPOOL_EVENTS is not set. Raises TypeError if it is no pool of psycopg_pool.
    """
    if not isinstance(pool, (psycopg_pool.ConnectionPool, psycopg_pool.AsyncConnectionPool)):
        raise TypeError(f"cannot observe {type(pool).__name__}: it is no pool of psycopg_pool")
    sender = sender or from_environment()
    if sender is None:
        return
    events = PoolEvents(
        sender,
        name or pool.name,
        sites=Sites(psycopg_pool) if sites else None,
        timeouts=psycopg_pool.PoolTimeout,
        rejections=(psycopg_pool.PoolClosed, psycopg_pool.TooManyRequests),
    )
    leases = {}  # id of a connection in use -> lease
    measure = _measure if isinstance(pool, psycopg_pool.ConnectionPool) else _measure_async
    measure(pool, events, leases)

    def gauges():
        figures = pool.get_stats()
        waiting, opening = events.under_way()
        return {
            "idle": figures["pool_available"],
            "active": len(leases),
            "opening": opening,
            "waiting": waiting,
            "min": figures["pool_min"],
            "max": figures["pool_max"],
        }

    events.sample(gauges)


def _measure(pool, events, leases):
    getconn, putconn, connect = pool.getconn, pool.putconn, pool._connect

    def measured_getconn(timeout=None):
        with events.request() as request:
            connection = getconn(timeout)
        leases[id(connection)] = request.acquired()
        return connection

    def measured_putconn(connection):
        events.released(leases.pop(id(connection), None))
        putconn(connection)

    def measured_connect(*timeout):
        with events.connecting():
            return connect(*timeout)

    pool.getconn, pool.putconn, pool._connect = measured_getconn, measured_putconn, measured_connect


def _measure_async(pool, events, leases):
    getconn, putconn, connect = pool.getconn, pool.putconn, pool._connect

    async def measured_getconn(timeout=None):
        with events.request() as request:
            connection = await getconn(timeout)
        leases[id(connection)] = request.acquired()
        return connection

    async def measured_putconn(connection):
        events.released(leases.pop(id(connection), None))
        await putconn(connection)

    async def measured_connect(*timeout):
        with events.connecting():
            return await connect(*timeout)

    pool.getconn, pool.putconn, pool._connect = measured_getconn, measured_putconn, measured_connect
