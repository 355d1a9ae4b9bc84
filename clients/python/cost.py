"""Measures what observing costs an acquisition with its release, beside the bare library in one run.

usage: python3 ../testing/with_postgres.py python3 cost.py

Prints for each library the median microseconds of processor time of the caller, and of the sender's thread.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import psycopg_pool
import sqlalchemy

import dbpool_events
import dbpool_events.psycopg_pool
import dbpool_events.sqlalchemy

URL = os.environ["DBPOOL_TEST_POSTGRES"]
BATCH = 1000
ROUNDS = 40
RECEIVE = """
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print(flush=True)
while True: receiver.recv(65536)
"""


class SilentSender(dbpool_events.Sender):
    """Sends only when it is flushed, so that the two costs can be measured apart."""

    def _start(self):
        pass


def sqlalchemy_pool(**options):
    engine = sqlalchemy.create_engine(URL.replace("postgresql:", "postgresql+psycopg2:"))
    if options:
        dbpool_events.sqlalchemy.observe(engine, "cost", **options)
    return lambda: engine.raw_connection().close()


def psycopg(**options):
    pool = psycopg_pool.ConnectionPool(URL, min_size=1)
    pool.wait()
    if options:
        dbpool_events.psycopg_pool.observe(pool, "cost", **options)
    return lambda: pool.putconn(pool.getconn())


def batch(use):
    start = time.thread_time()
    for _ in range(BATCH):
        use()
    return 1e6 * (time.thread_time() - start) / BATCH


def measure(make, sender):
    uses = {"bare": make(), "observed": make(sender=sender), "without sites": make(sender=sender, sites=False)}
    callers, threads = {name: [] for name in uses}, []
    for _ in range(ROUNDS):
        for name, use in uses.items():  # by turns, so that what else the machine does affects all of them
            callers[name].append(batch(use))
            start = time.thread_time()
            while sender._queue:
                sender._flush()
            if name == "observed":
                threads.append(1e6 * (time.thread_time() - start) / BATCH)
    costs = {name: statistics.median(microseconds) for name, microseconds in callers.items()}
    return ", ".join(f"{name} {cost:.1f}" for name, cost in costs.items()) + f", thread {statistics.median(threads):.1f}"


def main():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "events.sock")
        receiver = subprocess.Popen([sys.executable, "-c", RECEIVE, path], stdout=subprocess.PIPE)
        try:
            receiver.stdout.readline()
            sender = SilentSender("unix://" + path)
            print("sqlalchemy:", measure(sqlalchemy_pool, sender))
            print("psycopg_pool:", measure(psycopg, sender))
        finally:
            receiver.kill()
            receiver.wait()
            receiver.stdout.close()


main()
