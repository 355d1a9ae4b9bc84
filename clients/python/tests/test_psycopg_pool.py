"""The adapter of psycopg_pool, with the server in DBPOOL_TEST_POSTGRES."""

import asyncio
import os
import statistics
import threading
import time
import unittest
from unittest import mock

import psycopg_pool

import dbpool_events
import dbpool_events.psycopg_pool
from tests.receiver import Receiver

URL = os.environ["DBPOOL_TEST_POSTGRES"]
HERE = os.path.abspath(__file__)


class PsycopgPoolTest(unittest.TestCase):
    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.sender = dbpool_events.Sender(self.receiver.address)
        self.addCleanup(self.sender.close)

    def pool(self, url=URL, **options):
        pool = psycopg_pool.ConnectionPool(url, open=False, **options)
        dbpool_events.psycopg_pool.observe(pool, "shop", sender=self.sender)
        pool.open()
        self.addCleanup(pool.close)
        return pool

    def events(self, **counts):
        """Receives until there are so many lines of each verb, and returns them without the gauges."""
        self.receiver.until(lambda _: all(self.receiver.count(verb) >= n for verb, n in counts.items()))
        return [line for line in self.receiver.lines if line.type != "g"]

    def gauge(self, verb, value):
        self.receiver.until(lambda lines: any(line.verb == verb and line.value == str(value) for line in lines))

    def test_six_callers_of_three_connections_are_counted_and_timed(self):
        pool = self.pool(min_size=1, max_size=3)
        waits, lock = [], threading.Lock()

        def call():
            for _ in range(20):
                start = time.perf_counter()
                connection = pool.getconn()
                with lock:
                    waits.append(1000 * (time.perf_counter() - start))
                time.sleep(0.002)
                pool.putconn(connection)

        callers = [threading.Thread(target=call) for _ in range(6)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        lines = self.events(acquired=120, released=120)
        acquired = [line for line in lines if line.verb == "acquired"]
        self.assertEqual(len(acquired), pool.get_stats()["requests_num"])
        self.assertEqual(
            {line.tags["lease"] for line in lines if line.verb == "released"}, {line.tags["lease"] for line in acquired}
        )
        self.assertAlmostEqual(
            statistics.median(float(line.value) for line in acquired), statistics.median(waits), delta=1
        )
        self.assertEqual(self.receiver.count("connected"), pool.get_stats()["connections_num"])
        for verb, value in (("min", 1), ("max", 3), ("active", 0), ("waiting", 0), ("opening", 0)):
            self.gauge(verb, value)

    def test_a_connection_that_is_kept_has_the_site_of_its_caller(self):
        pool = self.pool(min_size=1)
        with pool.connection():
            (acquired,) = [line for line in self.events(acquired=1) if line.verb == "acquired"]
            self.gauge("active", 1)
        self.assertRegex(acquired.tags["site"], f"^{HERE}:[0-9]+ {self._testMethodName}$")

    def test_requests_that_time_out_or_are_rejected_are_reported_and_raised(self):
        pool = self.pool(min_size=1, max_waiting=1)
        with pool.connection():
            waiting = threading.Thread(target=lambda: self.assertRaises(psycopg_pool.PoolTimeout, pool.getconn, 0.3))
            waiting.start()
            while pool.get_stats().get("requests_waiting") != 1:
                time.sleep(0.001)
            with self.assertRaises(psycopg_pool.TooManyRequests):
                pool.getconn()
            waiting.join()
        pool.close()
        with self.assertRaises(psycopg_pool.PoolClosed):
            pool.getconn()
        lines = self.events(acquire_timeout=1, acquire_rejected=2)
        (timeout,) = [line for line in lines if line.verb == "acquire_timeout"]
        self.assertGreaterEqual(float(timeout.value), 300)

    def test_a_connection_that_cannot_be_opened_is_reported(self):
        with self.assertLogs("psycopg.pool", "WARNING"):
            self.pool(URL + "?port=1", min_size=1)
            (line,) = self.events(connect_failed=1)
        self.assertEqual(line.tags["error_type"], "connect")

    def test_without_an_address_nothing_is_changed(self):
        pool = psycopg_pool.ConnectionPool(URL, open=False)
        with mock.patch.dict(os.environ):
            os.environ.pop("DBPOOL_EVENTS", None)
            dbpool_events.psycopg_pool.observe(pool)
        self.assertNotIn("getconn", vars(pool))

    def test_what_is_no_pool_of_the_library_is_refused(self):
        with self.assertRaisesRegex(TypeError, "cannot observe object"):
            dbpool_events.psycopg_pool.observe(object())

    def test_tasks_are_counted_with_the_site_of_the_task(self):
        async def call(pool):
            for _ in range(5):
                async with pool.connection() as connection:
                    await connection.execute("SELECT pg_sleep(0.002)")

        async def main():
            pool = psycopg_pool.AsyncConnectionPool(URL, min_size=1, max_size=3, open=False)
            dbpool_events.psycopg_pool.observe(pool, sender=self.sender)
            await pool.open()
            await asyncio.gather(*(call(pool) for _ in range(6)))
            await pool.close()
            return pool.name

        name = asyncio.run(main())
        lines = self.events(acquired=30, released=30, connected=1)
        acquired = [line for line in lines if line.verb == "acquired"]
        self.assertEqual(len(acquired), 30)
        for line in acquired:
            self.assertRegex(line.tags["site"], f"^{HERE}:[0-9]+ call$")
            self.assertEqual(line.tags["pool"], name)
