"""What the tests of the adapters share."""

import os
import statistics
import unittest

import dbpool_events
from tests.receiver import Receiver

URL = os.environ["DBPOOL_TEST_POSTGRES"]


class ObservedTest(unittest.TestCase):
    """A sender, and what it has sent."""

    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.sender = dbpool_events.Sender(self.receiver.address)
        self.addCleanup(self.sender.close)

    def events(self, **counts):
        """Receives until there are so many lines of each verb, and returns them without the gauges."""
        self.receiver.until(lambda _: all(self.receiver.count(verb) >= n for verb, n in counts.items()))
        return [line for line in self.receiver.lines if line.type != "g"]

    def acquired(self, acquisitions, **counts):
        """Receives so many acquisitions and their releases, and returns the acquisitions."""
        lines = self.events(acquired=acquisitions, released=acquisitions, **counts)
        acquired = [line for line in lines if line.verb == "acquired"]
        self.assertEqual(len(acquired), acquisitions)
        self.assertEqual(
            {line.tags["lease"] for line in lines if line.verb == "released"}, {line.tags["lease"] for line in acquired}
        )
        return acquired

    def gauge(self, verb, value):
        self.receiver.until(lambda lines: any(line.verb == verb and line.value == str(value) for line in lines))

    def assert_waits(self, acquired, waits):
        """Checks that the callers have measured the waits, in ms, that were sent."""
        measured = statistics.median(float(line.value) for line in acquired)
        self.assertAlmostEqual(measured, statistics.median(waits), delta=1)

    def assert_sites(self, acquired, file, function):
        for line in acquired:
            self.assertRegex(line.tags["site"], f"^{file}:[0-9]+ {function}$")
