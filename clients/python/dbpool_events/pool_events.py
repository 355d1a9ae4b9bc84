"""The events of one pool, as lines of the wire format."""

import contextlib
import time

from .sender import _tag_value

GAUGES_PERIOD = 10  # seconds after which gauges that have not changed are sent again, as a sign of life

_clock = time.perf_counter


class PoolEvents:
    """Records the events of one pool. No call waits, or raises an exception of its own.

        with events.request() as request:
            connection = library.get()
        lease = request.acquired()
        ...
        events.released(lease)
    """

    def __init__(self, sender, pool, *, sites=None, timeouts=(), rejections=()):
        """`sites` names the caller of an acquisition (see Sites); None: acquisitions have no site.

        `timeouts` and `rejections` are the library's exceptions for a request that waited too long, or could not wait.
        """
        self._sender = sender
        self._sites = sites
        self._timeouts = timeouts
        self._rejections = rejections
        # Adding to a set and removing from it are atomic.
        self._waiting = set()
        self._opening = set()
        self._counted_for = sender.client
        self._gauges = None
        tags = "#pool:" + _tag_value(pool).replace("%", "%%")
        site = ",site:%s" if sites else ""
        self._acquired = f"dbpool.acquired:%.4f|ms|{tags},lease:%d{site}"
        self._released = f"dbpool.released:%.4f|ms|{tags},lease:%d"
        self._timed_out = f"dbpool.acquire_timeout:%.4f|ms|{tags}"
        self._rejected = f"dbpool.acquire_rejected:1|c|{tags}"
        self._connected = f"dbpool.connected:%.4f|ms|{tags}"
        self._connect_failed = f"dbpool.connect_failed:1|c|{tags},error_type:%s"
        self._closed = f"dbpool.closed:1|c|{tags},reason:%s"
        self._gauge = f"dbpool.%s:%d|g|{tags}"

    def under_way(self):
        """Returns how many requests wait, and how many connections are being opened."""
        if self._counted_for is not self._sender.client:  # a fork has copied what its parent's threads do
            self._counted_for = self._sender.client
            self._waiting.clear()
            self._opening.clear()
        return len(self._waiting), len(self._opening)

    def request(self):
        """Returns a context in which the library is asked for a connection."""
        return _Request(self)

    def released(self, lease):
        """Ends a lease. None is no lease, and one that a fork has copied is the parent's: neither is reported."""
        if lease is not None and lease[2] is self._sender.client:
            self._sender.put_always(self._released, (1000 * (_clock() - lease[1]), lease[0]))

    @contextlib.contextmanager
    def connecting(self):
        """A context in which the library opens a connection."""
        attempt = object()
        self._opening.add(attempt)
        start = _clock()
        try:
            yield
        except Exception as error:
            self._sender.put(self._connect_failed, _error_type(error))
            raise
        finally:
            self._opening.discard(attempt)
        self._sender.put(self._connected, 1000 * (_clock() - start))

    def closed(self, reason):
        """`reason`: max_lifetime, idle, validation, error, overflow, closed or shutdown."""
        self._sender.put(self._closed, reason)

    def sample(self, read):
        """Sends gauges: `read()` returns a mapping of idle, active, opening, waiting, min, max, as far as known."""
        self._gauges = _Gauges(self._gauge, read)
        self._sender.sample(self._gauges)

    def _acquire(self, lease, started):
        values = (1000 * (lease[1] - started), lease[0])
        if self._sites:
            values += (self._sites.caller(),)
        return lease if self._sender.put(self._acquired, values) else None

    def _refuse(self, error, started):
        if isinstance(error, self._timeouts):
            self._sender.put(self._timed_out, 1000 * (_clock() - started))
        elif isinstance(error, self._rejections):
            self._sender.put(self._rejected, ())


class _Request:
    __slots__ = ("_events", "_started")

    def __init__(self, events):
        self._events = events

    def __enter__(self):
        self._events._waiting.add(self)
        self._started = _clock()
        return self

    def __exit__(self, _type, error, _traceback):
        self._events._waiting.discard(self)
        if error is not None:
            self._events._refuse(error, self._started)

    def acquired(self):
        """Returns the lease that ends with `released`, or None where the full queue drops it."""
        sender = self._events._sender
        return self._events._acquire((next(sender.leases), _clock(), sender.client), self._started)


class _Gauges:
    """The gauges of a pool: lines where one has changed, and now and then."""

    def __init__(self, template, read):
        self._template = template
        self._read = read
        self._last = None
        self._due = 0.0

    def lines(self):
        now = time.monotonic()
        try:
            values = self._read()
        except Exception:  # pylint: disable=broad-except # of the library, as it closes
            return []
        if values == self._last and now < self._due:
            return []
        self._last = values
        self._due = now + GAUGES_PERIOD
        return [(self._template, item) for item in values.items()]


def _error_type(error):
    """Returns the value of the tag error_type for a connection that could not be opened."""
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""
    if state.startswith("28"):
        return "authentication"
    if isinstance(error, TimeoutError):
        return "timeout"
    return "network" if isinstance(error, OSError) else "connect"
