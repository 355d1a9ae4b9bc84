"""The adapter of SQLAlchemy, with real drivers and the server in DBPOOL_TEST_POSTGRES."""

import asyncio
import gc
import os
from unittest import mock

import sqlalchemy
import sqlalchemy.event
import sqlalchemy.exc
import sqlalchemy.pool
from sqlalchemy.ext.asyncio import create_async_engine

import dbpool_events.sqlalchemy
from tests.callers import CALLERS, TURNS, use_all
from tests.observed import URL, ObservedTest

DRIVER_URL = URL.replace("postgresql:", "postgresql+psycopg2:")
ASYNC_URL = URL.replace("postgresql:", "postgresql+asyncpg:")
HERE = os.path.abspath(__file__)


class EngineTest(ObservedTest):
    def engine(self, sites=True, **options):
        engine = sqlalchemy.create_engine(DRIVER_URL, **options)
        self.addCleanup(engine.dispose)
        dbpool_events.sqlalchemy.observe(engine, "shop", sites=sites, sender=self.sender)
        return engine

    def test_six_callers_of_three_connections_are_counted_and_timed(self):
        engine = self.engine(pool_size=2, max_overflow=1)
        waits = use_all(engine.pool.connect, lambda connection: connection.close())
        acquired = self.acquired(CALLERS * TURNS)
        self.assert_waits(acquired, waits)
        self.assertTrue(all(float(line.value) >= 2 for line in self.events() if line.verb == "released"))
        for verb, value in (("max", 3), ("idle", 2), ("active", 0), ("waiting", 0)):
            self.gauge(verb, value)

    def test_a_connection_that_is_kept_has_the_site_of_its_caller(self):
        engine = self.engine()
        with engine.connect() as kept:
            kept.exec_driver_sql("SELECT 1")
            (acquired,) = [line for line in self.events(acquired=1) if line.verb == "acquired"]
        self.assert_sites([acquired], HERE, self._testMethodName)

    def test_the_site_is_the_line_of_the_call(self):
        engine = self.engine()
        sites = []
        for _ in range(2):  # the second is from the cache
            engine.connect().close()
        engine.connect().close()
        sites = [line.tags["site"] for line in self.events(acquired=3) if line.verb == "acquired"]
        first, second, other = (int(site.rsplit(":", 1)[1].split()[0]) for site in sites)
        self.assertEqual((second, other), (first, first + 1))

    def test_without_sites_there_are_none(self):
        self.engine(sites=False).connect().close()
        self.assertTrue(all("site" not in line.tags for line in self.events(acquired=1, released=1)))

    def test_a_request_that_times_out_is_reported_and_raised(self):
        engine = self.engine(pool_size=1, max_overflow=0, pool_timeout=0.05)
        with engine.connect():
            with self.assertRaises(sqlalchemy.exc.TimeoutError):
                engine.connect()
        (line,) = [line for line in self.events(acquire_timeout=1) if line.verb == "acquire_timeout"]
        self.assertGreaterEqual(float(line.value), 50)

    def test_connections_are_reported_as_opened_and_closed_with_the_reason(self):
        engine = self.engine(pool_size=1, max_overflow=1)
        with engine.connect(), engine.connect():
            pass
        with engine.connect() as connection:
            connection.invalidate(RuntimeError("broken"))
        engine.dispose()
        with engine.connect() as connection:
            connection.detach()
        lines = self.events(connected=3, closed=3, released=4)
        self.assertEqual(
            [line.tags["reason"] for line in lines if line.verb == "closed"], ["overflow", "error", "closed"]
        )

    def test_a_connection_that_cannot_be_opened_is_reported(self):
        engine = sqlalchemy.create_engine(DRIVER_URL + "?port=1")
        dbpool_events.sqlalchemy.observe(engine, "shop", sender=self.sender)
        with self.assertRaises(sqlalchemy.exc.OperationalError):
            engine.connect()
        (line,) = self.events(connect_failed=1)
        self.assertEqual(line.tags["error_type"], "connect")

    def test_a_pool_that_dispose_has_made_anew_is_observed(self):
        engine = self.engine()
        for _ in range(2):
            engine.connect().close()
            engine.dispose()
        lines = self.events(acquired=2, released=2, connected=2, closed=2)
        self.assertEqual(len(lines), 8)

    def test_a_connection_that_the_garbage_collector_returns_is_released(self):
        engine = self.engine()
        engine.raw_connection()
        gc.collect()
        self.events(released=1)

    def test_without_an_address_nothing_is_changed(self):
        engine = sqlalchemy.create_engine(DRIVER_URL)
        with mock.patch.dict(os.environ):
            os.environ.pop("DBPOOL_EVENTS", None)
            dbpool_events.sqlalchemy.observe(engine, "shop")
        self.assertNotIn("connect", vars(engine.pool))
        self.assertFalse(list(engine.pool.dispatch.checkin))

    def test_another_pool_is_refused_with_an_address_or_without(self):
        engine = sqlalchemy.create_engine(DRIVER_URL, poolclass=sqlalchemy.pool.NullPool)
        with self.assertRaisesRegex(TypeError, "cannot observe NullPool"):
            dbpool_events.sqlalchemy.observe(engine, "shop")

    def test_the_application_works_without_an_exporter(self):
        self.receiver.unbind()
        with self.engine().connect() as connection:
            self.assertEqual(connection.exec_driver_sql("SELECT 1").scalar(), 1)
        self.receiver.bind()


class AsyncEngineTest(ObservedTest):
    def test_six_tasks_of_three_connections_are_counted_with_the_site_of_the_task(self):
        async def call(engine):
            for _ in range(5):
                async with engine.connect() as connection:
                    await connection.exec_driver_sql("SELECT pg_sleep(0.002)")

        async def main():
            engine = create_async_engine(ASYNC_URL, pool_size=2, max_overflow=1)
            dbpool_events.sqlalchemy.observe(engine, "shop", sender=self.sender)
            await asyncio.gather(*(call(engine) for _ in range(6)))
            await engine.dispose()

        asyncio.run(main())
        acquired = self.acquired(30, closed=3)
        self.assert_sites(acquired, HERE, "call")
        # Those that found no connection waited for one to be opened or returned.
        self.assertGreater(max(float(line.value) for line in acquired), 2)
