"""Six callers of a pool of three connections, whose figures it serves.

usage: pools.py psycopg|sqlalchemy URL
"""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import prometheus_client
import psycopg_pool
import sqlalchemy
from prometheus_client import Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

SIZE = 3
CALLERS = 6
USE = 0.01
BRIEF = 0.25
LONG = 600


class PsycopgPool:
    """Exposes the library's own counters under its own names."""

    GAUGES = ("pool_min", "pool_max", "pool_size", "pool_available", "requests_waiting")
    COUNTERS = ("requests_num", "requests_wait_ms", "requests_errors", "connections_num", "connections_errors")

    def __init__(self, url):
        self.pool = psycopg_pool.ConnectionPool(url, min_size=1, max_size=SIZE, timeout=LONG)
        prometheus_client.REGISTRY.register(self)

    def figures(self):
        # A counter is missing until it first counts.
        return dict.fromkeys(self.GAUGES + self.COUNTERS, 0) | self.pool.get_stats()

    def collect(self):
        figures = self.figures()
        for name in self.GAUGES:
            yield GaugeMetricFamily("psycopg_" + name, "From get_stats().", value=figures[name])
        for name in self.COUNTERS:
            yield CounterMetricFamily("psycopg_" + name, "From get_stats().", value=figures[name])

    def borrow(self):
        return self.pool.getconn()

    def time_out(self):
        try:
            self.pool.putconn(self.pool.getconn(BRIEF))
        except psycopg_pool.PoolTimeout:
            pass

    def give_back(self, connection):
        self.pool.putconn(connection)

    def truth(self):
        figures = self.figures()
        return {
            "active": figures["pool_size"] - figures["pool_available"],
            "idle": figures["pool_available"],
            "min": figures["pool_min"],
            "max": figures["pool_max"],
            "waiting": figures["requests_waiting"],
            "acquisition_timeouts": figures["requests_errors"],
            "created": figures["connections_num"] - figures["connections_errors"],
            "connect_failures": figures["connections_errors"],
        }


class SqlalchemyPool:
    """Exposes gauges with names of its own, which it reads at each scrape."""

    def __init__(self, url):
        self.pool = sqlalchemy.create_engine(url, pool_size=SIZE - 1, max_overflow=1, pool_timeout=LONG).pool
        Gauge("shop_pool_checked_in", "Idle connections.").set_function(self.pool.checkedin)
        Gauge("shop_pool_checked_out", "Connections in use.").set_function(self.pool.checkedout)

    def borrow(self):
        return self.pool.connect()

    def give_back(self, connection):
        connection.close()

    def truth(self):
        return {"active": self.pool.checkedout(), "idle": self.pool.checkedin(), "max": SIZE}


class Waits:
    """Measures how long each caller waited, for /metrics and for /truth."""

    def __init__(self):
        self.lock = threading.Lock()
        self.seconds = []
        self.histogram = Histogram(
            "shop_connection_wait_seconds", "Time to get a connection.", buckets=(0.001, 0.01, 0.1, 1, 10)
        )

    def add(self, seconds):
        with self.lock:
            self.histogram.observe(seconds)
            self.seconds.append(seconds)

    def truth(self):
        with self.lock:
            return {
                "acquisitions": len(self.seconds),
                "acquisition_duration.count": len(self.seconds),
                "acquisition_duration.sum": sum(self.seconds),
                "acquisition_duration.within_10ms": sum(1 for wait in self.seconds if wait <= 0.01),
            }


class Stage:
    """What the callers do: "run" uses connections, "hold" keeps them, "rest" wants none."""

    def __init__(self):
        self.now = "run"
        self.changed = threading.Condition()

    def set(self, name):
        with self.changed:
            self.now = name
            self.changed.notify_all()

    def wait(self, *names):
        with self.changed:
            self.changed.wait_for(lambda: self.now in names)


def call(pool, stage, waits):
    while True:
        stage.wait("run", "hold")
        start = time.perf_counter()
        connection = pool.borrow()
        waits.add(time.perf_counter() - start)
        time.sleep(USE)
        stage.wait("run", "rest")
        pool.give_back(connection)


def main():
    kind, url = sys.argv[1:]
    pool = {"psycopg": PsycopgPool, "sqlalchemy": SqlalchemyPool}[kind](url)
    stage, waits = Stage(), Waits()
    for _ in range(CALLERS):
        threading.Thread(target=call, args=(pool, stage, waits), daemon=True).start()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = b""
            if self.path == "/metrics":
                body = prometheus_client.generate_latest()
            elif self.path == "/truth":
                body = json.dumps(pool.truth() | waits.truth()).encode()
            elif self.path == "/timeout":
                pool.time_out()
            else:
                stage.set(self.path[1:])
            self.send_response(200)
            self.send_header("Content-Type", prometheus_client.CONTENT_TYPE_LATEST)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


main()
