"""An application that reports its pool to DBPOOL_EVENTS, and says at its end what it did.

usage: app.py run|hold sqlalchemy|psycopg_pool URL

`run` lets six callers use a pool of three, and leaks a connection. `hold` keeps one until it is killed.
"""

import json
import sys
import time

import dbpool_events
from tests.callers import use_all


def sqlalchemy_pool(url):
    import dbpool_events.sqlalchemy
    import sqlalchemy

    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg2:"), pool_size=3, max_overflow=0)
    dbpool_events.sqlalchemy.observe(engine, "orders")
    return engine.connect, lambda connection: connection.close()


def psycopg_pool_pool(url):
    import dbpool_events.psycopg_pool
    import psycopg_pool

    pool = psycopg_pool.ConnectionPool(url, min_size=3, max_size=3, open=False)
    dbpool_events.psycopg_pool.observe(pool, "orders")
    pool.open(wait=True)
    return pool.getconn, pool.putconn


def main():
    command, library, url = sys.argv[1:]
    get, put = {"sqlalchemy": sqlalchemy_pool, "psycopg_pool": psycopg_pool_pool}[library](url)
    waits = use_all(get, put) if command == "run" else []
    leaked = get()
    line = sys._getframe().f_lineno - 1
    print(json.dumps({"acquisitions": len(waits) + 1, "waits": waits, "leaked_at": f"app.py:{line} "}), flush=True)
    if command == "hold":
        time.sleep(3600)
    time.sleep(1.1)  # the gauges are sent once a second
    dbpool_events.from_environment().close()
    sys.exit(0 if leaked else 1)


main()
