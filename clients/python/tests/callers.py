"""Six callers that use a pool of three, for tests and for the application that they start."""

import threading
import time

CALLERS, TURNS, USE = 6, 20, 0.002


def use_all(get, put):
    """Returns the callers' waits in ms."""
    waits = []

    def call():
        for _ in range(TURNS):
            start = time.perf_counter()
            connection = get()
            waits.append(1000 * (time.perf_counter() - start))
            time.sleep(USE)
            put(connection)

    callers = [threading.Thread(target=call) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return waits
