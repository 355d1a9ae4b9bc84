import os
import socket
import subprocess
import sys
import unittest
from unittest import mock

import dbpool_events
from dbpool_events import sender as sender_module
from tests.receiver import Receiver, parse


class SenderTest(unittest.TestCase):
    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)

    def sender(self, receiver=None):
        sender = dbpool_events.Sender((receiver or self.receiver).address)
        self.addCleanup(sender.close)
        return sender

    def silent_sender(self):
        """Returns a sender that sends only when the test flushes it."""
        patch = mock.patch.object(dbpool_events.Sender, "_start")
        patch.start()
        self.addCleanup(patch.stop)
        return self.sender()

    def test_every_line_names_the_client_and_the_first_of_a_datagram_has_a_number(self):
        sender = self.silent_sender()
        for number in (1, 2):
            for _ in range(2):
                sender.put("dbpool.closed:1|c|#pool:shop,reason:%s", "idle")
            sender._flush()
            self.assertEqual(
                self.receiver.datagram().decode(),
                f"dbpool.closed:1|c|#pool:shop,reason:idle,client:{sender.client},seq:{number}\n"
                f"dbpool.closed:1|c|#pool:shop,reason:idle,client:{sender.client}",
            )

    def test_the_thread_sends_what_is_queued(self):
        self.sender().put("dbpool.closed:1|c|#pool:shop", ())
        self.receiver.until(lambda lines: lines)

    def test_many_lines_fill_datagrams_in_order_and_a_slow_receiver_loses_none(self):
        sender = self.silent_sender()
        for number in range(2000):
            sender.put("dbpool.idle:%d|g|#pool:shop", number)
        sender._flush()  # fills the receiver's queue, and times out
        self.assertTrue(sender._queue)
        numbers, seqs = [], []
        while len(numbers) < 2000:
            data = self.receiver.datagram()
            self.assertLessEqual(len(data), 8192)
            lines = parse(data)
            numbers += [int(line.value) for line in lines]
            seqs.append(int(lines[0].tags["seq"]))
            sender._flush()
        self.assertEqual(numbers, list(range(2000)))
        self.assertEqual(seqs, list(range(1, len(seqs) + 1)))

    def test_a_full_queue_drops_new_lines_and_leaves_a_gap(self):
        sender = self.silent_sender()
        with mock.patch.object(sender_module, "QUEUE_LINES", 3):
            taken = [sender.put("dbpool.idle:%d|g|#pool:shop", number) for number in range(5)]
        self.assertEqual(taken, [True, True, True, False, False])
        sender._flush()
        self.receiver.datagram()
        self.assertEqual([line.value for line in self.receiver.lines], ["0", "1", "2"])
        self.assertEqual(self.receiver.lines[0].tags["seq"], "3")

    def test_a_full_queue_takes_the_release_of_a_lease_that_it_took(self):
        sender = self.silent_sender()
        events = dbpool_events.PoolEvents(sender, "shop")
        with mock.patch.object(sender_module, "QUEUE_LINES", 1):
            requests = []
            for _ in range(2):
                with events.request() as request:
                    requests.append(request)
            leases = [request.acquired() for request in requests]
            for lease in leases:
                events.released(lease)
        sender._flush()
        self.receiver.datagram()
        self.assertIsNone(leases[1])
        self.assertEqual([line.verb for line in self.receiver.lines], ["acquired", "released"])
        self.assertEqual({line.tags["lease"] for line in self.receiver.lines}, {"1"})

    def test_an_absent_receiver_costs_its_lines_and_a_gap(self):
        sender = self.silent_sender()
        self.receiver.unbind()
        with mock.patch.object(sender_module, "RETRY_PERIOD", 0):
            sender.put("dbpool.idle:1|g|#pool:shop", ())
            sender.put("dbpool.idle:2|g|#pool:shop", ())
            sender._flush()
            self.assertFalse(sender._queue)
            self.receiver.bind()
            sender.put("dbpool.idle:3|g|#pool:shop", ())
            sender._flush()
        self.receiver.datagram()
        self.assertEqual([line.value for line in self.receiver.lines], ["3"])
        self.assertEqual(self.receiver.lines[0].tags["seq"], "2")  # both were in the datagram that was lost

    def test_connects_again_at_most_once_in_a_period(self):
        sender = self.silent_sender()
        self.receiver.unbind()
        with mock.patch.object(sender_module, "RETRY_PERIOD", 3600):
            sender.put("dbpool.idle:1|g|#pool:shop", ())
            sender._flush()
            self.receiver.bind()
            sender.put("dbpool.idle:2|g|#pool:shop", ())
            sender._flush()
            self.assertIsNone(sender._socket)
        sender._retry_at = 0
        sender._flush()
        self.receiver.datagram()
        self.assertEqual([line.value for line in self.receiver.lines], ["2"])

    def test_a_restarted_receiver_gets_the_datagram_that_found_the_old_one_gone(self):
        with mock.patch.object(sender_module, "RETRY_PERIOD", 0):
            sender = self.silent_sender()
            for seq in ("1", "2"):
                sender.put("dbpool.idle:1|g|#pool:shop", ())
                sender._flush()
                self.receiver.datagram()
                self.assertEqual(self.receiver.lines[-1].tags["seq"], seq)
                self.receiver.unbind()
                self.receiver.bind()

    def test_udp_datagrams_are_small_and_an_absent_receiver_is_no_error(self):
        receiver = Receiver(socket.AF_INET)
        self.addCleanup(receiver.close)
        patch = mock.patch.object(dbpool_events.Sender, "_start")
        patch.start()
        self.addCleanup(patch.stop)
        sender = self.sender(receiver)
        for number in range(100):
            sender.put("dbpool.idle:%d|g|#pool:shop", number)
        sender._flush()
        while len(receiver.lines) < 100:
            self.assertLessEqual(len(receiver.datagram()), 1432)
        receiver.unbind()
        for _ in range(5):  # the second send reports that the first found no receiver
            sender.put("dbpool.idle:1|g|#pool:shop", ())
            sender._flush()
            self.assertFalse(sender._queue)

    def test_a_fork_is_a_client_of_its_own_and_leaves_the_leases_of_its_parent_alone(self):
        sender = self.sender()
        events = dbpool_events.PoolEvents(sender, "shop")
        with events.request() as request:
            pass
        lease = request.acquired()
        self.receiver.until(lambda lines: lines)
        child = os.fork()
        if child == 0:
            events.released(lease)
            events.closed("idle")
            sender.close()
            os._exit(0)
        os.waitpid(child, 0)
        self.receiver.until(lambda lines: len(lines) >= 2)
        events.released(lease)
        acquired, of_child, released = self.receiver.until(lambda lines: len(lines) >= 3)
        self.assertEqual((of_child.verb, of_child.tags["seq"]), ("closed", "1"))
        self.assertIn(f"-{child}-", of_child.tags["client"])
        self.assertEqual((released.verb, released.tags["seq"]), ("released", "2"))
        self.assertEqual(acquired.tags["client"], released.tags["client"])

    def test_a_fork_forgets_the_requests_of_its_parent(self):
        events = dbpool_events.PoolEvents(self.silent_sender(), "shop")
        with events.request(), events.connecting():
            self.assertEqual(events.under_way(), (1, 1))
            child = os.fork()
            if child == 0:
                os._exit(0 if events.under_way() == (0, 0) else 1)
            _, status = os.waitpid(child, 0)
        self.assertEqual(status, 0)
        self.assertEqual(events.under_way(), (0, 0))

    def test_what_is_queued_at_exit_is_sent(self):
        code = "import dbpool_events as d; d.PoolEvents(d.from_environment(), 'shop').closed('shutdown')"
        environment = os.environ | {"DBPOOL_EVENTS": self.receiver.address}
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)
        self.receiver.until(lambda lines: [line.tags["reason"] for line in lines] == ["shutdown"])

    def test_a_name_cannot_end_a_tag_or_a_line(self):
        sender = self.silent_sender()
        dbpool_events.PoolEvents(sender, "a,b|c#d\ne%s").closed("idle")
        sender._flush()
        self.receiver.datagram()
        self.assertEqual([line.tags["pool"] for line in self.receiver.lines], ["a_b_c_d_e%s"])

    def test_a_line_that_cannot_be_written_does_not_end_the_thread(self):
        sender = self.sender()
        sender.put("%d", "no number")
        while sender._queue:
            pass
        sender.put("dbpool.closed:1|c|#pool:shop", ())
        self.receiver.until(lambda lines: lines)


class EnvironmentTest(unittest.TestCase):
    def test_without_an_address_there_is_no_sender(self):
        with mock.patch.dict(os.environ):
            os.environ.pop("DBPOOL_EVENTS", None)
            self.assertIsNone(dbpool_events.from_environment())

    def test_an_address_that_is_not_understood_is_logged_and_ignored(self):
        for address in ("http://127.0.0.1:1", "unix://", "unix://host/path", "udp://127.0.0.1", "udp://:8125", "udp://a:99999"):
            with self.subTest(address), mock.patch.dict(os.environ, DBPOOL_EVENTS=address):
                with self.assertLogs("dbpool_events", "WARNING"):
                    self.assertIsNone(dbpool_events.from_environment())
