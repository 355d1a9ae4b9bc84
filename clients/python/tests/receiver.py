"""A socket that receives what the senders send."""

import os
import shutil
import socket
import tempfile
import time

PATIENCE = 20  # seconds; only a test that fails waits as long


class Line:
    """A line of a datagram: `verb`, `value`, `type` and `tags`."""

    def __init__(self, text):
        self.text = text
        head, self.type, tags = text.split("|")
        name, self.value = head.split(":")
        self.verb = name.removeprefix("dbpool.")
        assert tags.startswith("#"), text
        self.tags = dict(tag.split(":", 1) for tag in tags[1:].split(","))

    def __repr__(self):
        return self.text


def parse(datagram):
    return [Line(text) for text in datagram.decode().split("\n")]


class Receiver:
    """A Unix datagram socket below a new directory, or a UDP socket on loopback."""

    def __init__(self, family=socket.AF_UNIX):
        self.directory = tempfile.mkdtemp(prefix="dbpool_events_")
        self.path = os.path.join(self.directory, "events.sock")
        self.family = family
        self.address = "unix://" + self.path
        self.lines = []
        self.bind()

    def bind(self):
        self.socket = socket.socket(self.family, socket.SOCK_DGRAM)
        self.socket.settimeout(PATIENCE)
        if self.family == socket.AF_UNIX:
            self.socket.bind(self.path)
        else:
            self.socket.bind(("127.0.0.1", 0))
            self.address = f"udp://127.0.0.1:{self.socket.getsockname()[1]}"

    def unbind(self):
        self.socket.close()
        if self.family == socket.AF_UNIX:
            os.unlink(self.path)

    def datagram(self):
        data = self.socket.recv(65536)
        self.lines += parse(data)
        return data

    def until(self, done):
        """Receives until `done(lines)` holds for all lines so far, and returns them."""
        deadline = time.monotonic() + PATIENCE
        while not done(self.lines):
            if time.monotonic() > deadline:
                raise AssertionError(f"not received; these were: {self.lines}")
            self.datagram()
        return self.lines

    def count(self, verb):
        return sum(line.verb == verb for line in self.lines)

    def close(self):
        self.socket.close()
        shutil.rmtree(self.directory)
