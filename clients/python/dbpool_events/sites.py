"""Finds the line of the application that requests a connection."""

import contextlib
import os
import sys

from .sender import _tag_value

_OWN = os.path.dirname(os.path.abspath(__file__)) + os.sep
_CACHE_SIZE = 10_000


class Sites:
    """Names the first frame outside this package and the library, as `file:line function`."""

    def __init__(self, library):
        self._skipped_folders = (_OWN, os.path.dirname(os.path.abspath(library.__file__)) + os.sep)
        self._skipped_code = {}  # code -> whether it belongs to the library
        self._names = {}  # (code, line) -> site

    def caller(self):
        """Returns the site, or "" where all frames belong to the library."""
        # pylint: disable-next=protected-access
        return self._first_outside(sys._getframe(1)) or self._awaiting() or ""

    def _awaiting(self):
        """Returns the site that awaits the greenlet in which SQLAlchemy's asyncio runs the pool, or None."""
        greenlet = sys.modules.get("greenlet")
        awaiting = greenlet and greenlet.getcurrent().parent
        return self._first_outside(awaiting.gr_frame) if awaiting else None

    def _first_outside(self, frame):
        while frame is not None:
            code = frame.f_code
            skipped = self._skipped_code.get(code)
            if skipped is None:
                skipped = self._skip(code)
            if not skipped:
                place = (code, frame.f_lineno)
                return self._names.get(place) or self._name(place)
            frame = frame.f_back
        return None

    def _skip(self, code):
        if len(self._skipped_code) >= _CACHE_SIZE:  # code that the application makes as it runs
            self._skipped_code.clear()
        file = code.co_filename
        skipped = file == contextlib.__file__ or os.path.abspath(file).startswith(self._skipped_folders)
        self._skipped_code[code] = skipped
        return skipped

    def _name(self, place):
        if len(self._names) >= _CACHE_SIZE:
            self._names.clear()
        code, line = place
        name = self._names[place] = _tag_value(f"{code.co_filename}:{line} {code.co_name}")
        return name
