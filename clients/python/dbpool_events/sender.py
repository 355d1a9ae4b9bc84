"""A bounded queue of events, and the thread that sends them as DogStatsD datagrams."""

import atexit
import collections
import itertools
import os
import socket
import threading
import time
import urllib.parse
import weakref

QUEUE_LINES = 10_000  # beyond, acquisitions and what else is new are dropped
PERIOD = 0.1  # seconds between two looks at the queue
SAMPLE_PERIOD = 1  # seconds between two samples of the gauges
RETRY_PERIOD = 1  # seconds between two attempts to connect
UNIX_BYTES = 8192  # the largest datagram
UDP_BYTES = 1432  # the largest datagram that no network splits

_senders = weakref.WeakSet()


class Sender:
    """Sends lines to `unix:///path` or `udp://host:port`.

    No call waits, raises or opens a socket: a daemon thread does the work. It starts with the first line, after a
    fork anew. A line that the full queue refused, and a datagram that was lost, leave a gap in the numbers `seq`.
    """

    def __init__(self, address):
        """Raises ValueError if the address is neither of the two forms."""
        self._family, self._destination = _parse(address)
        self._datagram_bytes = UNIX_BYTES if self._family == socket.AF_UNIX else UDP_BYTES
        self._sampled = []
        self._socket = None
        self._begin()
        _senders.add(self)

    def _begin(self):
        """Makes the state that belongs to one process."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._retry_at = 0.0
        self._queue = collections.deque()  # its append is atomic, so no caller needs a lock
        self._datagram = None  # numbered, and not yet sent
        self._seq = 0
        self._dropped = 0
        # The garbage collector can return a connection, and so record an event, inside a record of an event.
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._thread = None
        self.leases = itertools.count(1)
        host = _tag_value(socket.gethostname())
        self.client = f"{host}-{os.getpid()}-{time.time_ns() // 1_000_000}"

    def put(self, template, values):
        """Queues the line `template % values` and returns True, or returns False where the queue is full."""
        if len(self._queue) >= QUEUE_LINES:
            with self._lock:
                self._dropped += 1
            return False
        self.put_always(template, values)
        return True

    def put_always(self, template, values):
        """Queues a line in any case. It must end what an earlier line began, so that there are no more than those."""
        self._queue.append((template, values))
        if self._thread is None:
            self._start()

    def sample(self, gauges):
        """Calls `gauges.lines()` once a second, as long as the object lives; it returns templates and values."""
        with self._lock:
            self._sampled.append(weakref.ref(gauges))
        if self._thread is None:
            self._start()

    def close(self):
        """Sends what is queued, within half a second, and ends the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(0.5)
            if self._thread.is_alive():
                return
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _start(self):
        with self._lock:
            if self._thread is not None:
                return
            self._thread = threading.Thread(target=self._run, args=(self._stop,), name="dbpool_events", daemon=True)
            try:
                self._thread.start()
            except RuntimeError:  # the interpreter ends, or the system has no more threads
                self._thread = None

    def _run(self, stop):
        sample_at = 0.0
        while True:
            last = stop.wait(PERIOD)
            try:
                if time.monotonic() >= sample_at:
                    sample_at = time.monotonic() + SAMPLE_PERIOD
                    self._queue_gauges()
                self._flush()
            except Exception:  # pylint: disable=broad-except # an event is not worth the thread
                self._drop_queue()
            if last:
                return

    def _queue_gauges(self):
        with self._lock:
            self._sampled = [reference for reference in self._sampled if reference() is not None]
            sampled = list(self._sampled)
        for reference in sampled:
            gauges = reference()
            for template, values in gauges.lines() if gauges else ():
                self.put(template, values)

    def _flush(self):
        while True:
            if self._datagram is None:
                self._datagram = self._next_datagram()
            if self._datagram is None or not self._transmit():
                return
            self._datagram = None

    def _next_datagram(self):
        """Returns a datagram of the oldest lines, or None where there are none."""
        if not self._queue:
            return None
        with self._lock:
            self._seq += 1 + self._dropped
            self._dropped = 0
        lines, size = [], 0
        end = f",client:{self.client},seq:{self._seq}"
        while self._queue:
            template, values = self._queue[0]
            line = (template % values + end).encode("utf-8", "replace")
            if lines and size + len(line) > self._datagram_bytes:
                break
            self._queue.popleft()
            lines.append(line)
            size += len(line) + 1
            end = f",client:{self.client}"
        return b"\n".join(lines)

    def _transmit(self):
        """Returns whether the datagram needs no further attempt: it was sent, or is lost."""
        for _ in range(2):  # the second attempt is for an exporter that has restarted
            if self._socket is None and not self._connect():
                return False
            try:
                self._socket.send(self._datagram)
                return True
            except TimeoutError:  # the receiver is slow
                return False
            except OSError:
                lost = self._family != socket.AF_UNIX  # UDP reports the loss of an earlier datagram
                if not lost or time.monotonic() >= self._retry_at:
                    self._socket.close()
                    self._socket = None
                if lost:
                    return True
        return True

    def _connect(self):
        """Returns whether there is a receiver. Where there is none, its leases are gone, and what waited is dropped."""
        if time.monotonic() < self._retry_at:
            return False
        self._retry_at = time.monotonic() + RETRY_PERIOD
        opened = socket.socket(self._family, socket.SOCK_DGRAM)
        try:
            opened.settimeout(PERIOD)
            opened.connect(self._destination)
        except OSError:
            opened.close()
            self._drop_queue()
            return False
        self._socket = opened
        return True

    def _drop_queue(self):
        self._datagram = None
        waiting = len(self._queue)
        for _ in range(waiting):
            self._queue.popleft()
        with self._lock:
            self._dropped += waiting


def _parse(address):
    parts = urllib.parse.urlsplit(address)
    if parts.scheme == "unix" and parts.path and not parts.netloc:
        return socket.AF_UNIX, parts.path
    if parts.scheme == "udp" and parts.hostname and parts.port and parts.path in ("", "/"):
        family = socket.AF_INET6 if ":" in parts.hostname else socket.AF_INET
        return family, (parts.hostname, parts.port)
    raise ValueError("the address of the events source must be unix:///path or udp://host:port")


def _tag_value(text):
    """Returns the text without what ends a tag or a line, at most 200 characters from its end."""
    return "".join("_" if c in ",|#" or not c.isprintable() else c for c in str(text))[-200:]


def _after_fork():
    for sender in list(_senders):
        sender._begin()  # pylint: disable=protected-access


def _at_exit():
    for sender in list(_senders):
        sender.close()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
