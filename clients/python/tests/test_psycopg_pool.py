"""The adapter of psycopg_pool, with the server in DBPOOL_TEST_POSTGRES."""

import asyncio
import os
import threading
import time
from unittest import mock

import psycopg_pool

import dbpool_events.psycopg_pool
from tests.callers import CALLERS, TURNS, use_all
from tests.observed import URL, ObservedTest

HERE = os.path.abspath(__file__)


class PsycopgPoolTest(ObservedTest):
    def pool(self, url=URL, **options):
        pool = psycopg_pool.ConnectionPool(url, open=False, **options)
        dbpool_events.psycopg_pool.observe(pool, "shop", sender=self.sender)
        pool.open()
        self.addCleanup(pool.close)
        return pool

    def test_six_callers_of_three_connections_are_counted_and_timed(self):
        pool = self.pool(min_size=1, max_size=3)
        waits = use_all(pool.getconn, pool.putconn)
        acquired = self.acquired(CALLERS * TURNS)
        self.assertEqual(len(acquired), pool.get_stats()["requests_num"])
        self.assert_waits(acquired, waits)
        self.assertEqual(self.receiver.count("connected"), pool.get_stats()["connections_num"])
        for verb, value in (("min", 1), ("max", 3), ("active", 0), ("waiting", 0), ("opening", 0)):
            self.gauge(verb, value)

    def test_a_connection_that_is_kept_has_the_site_of_its_caller(self):
        pool = self.pool(min_size=1)
        with pool.connection():
            (acquired,) = [line for line in self.events(acquired=1) if line.verb == "acquired"]
            self.gauge("active", 1)
        self.assert_sites([acquired], HERE, self._testMethodName)

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
        acquired = self.acquired(30, connected=1)
        self.assert_sites(acquired, HERE, "call")
        self.assertEqual({line.tags["pool"] for line in acquired}, {name})
