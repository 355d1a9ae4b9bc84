"""Runs a command beside a PostgreSQL server of its own, whose URL is in DBPOOL_TEST_POSTGRES.

usage: with_postgres.py COMMAND [ARGUMENT...]

DBPOOL_PG_BIN overrides the folder of PostgreSQL's programs. Where DBPOOL_TEST_POSTGRES is set, that server is used.
"""

import contextlib
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time


def program(name):
    folders = [os.environ.get("DBPOOL_PG_BIN")] if "DBPOOL_PG_BIN" in os.environ else glob.glob(
        "/usr/lib/postgresql/*/bin"
    )
    if not folders:
        sys.exit("with_postgres: PostgreSQL is not installed below /usr/lib/postgresql; set DBPOOL_PG_BIN")
    return os.path.join(max(folders), name)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def server_user():
    """Returns the options of subprocess that run a server: PostgreSQL and PgBouncer refuse to run as root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


@contextlib.contextmanager
def postgres(*more_settings):
    """Yields the URL of a new server, which root runs as the user postgres."""
    directory = tempfile.mkdtemp(prefix="dbpool_clients_pg_")
    user = server_user()
    if user:
        shutil.chown(directory, user["user"], user["group"])
    data, port = os.path.join(directory, "data"), free_port()
    settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={directory}"]
    settings += ["fsync=off", "synchronous_commit=off", "shared_buffers=16MB", *more_settings]
    server = None
    try:
        with open(os.path.join(directory, "log"), "wb") as log:
            output = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "cwd": "/", **user}
            initdb = [program("initdb"), "-D", data, "-U", "postgres", "--locale=C", "-E", "UTF8", "--no-sync"]
            subprocess.run(initdb + ["--auth=trust"], check=True, **output)
            options = [word for setting in settings for word in ("-c", setting)]
            server = subprocess.Popen([program("postgres"), "-D", data] + options, **output)
        ready = [program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        deadline = time.monotonic() + 60
        while subprocess.run(ready, check=False).returncode != 0:
            if server.poll() is not None or time.monotonic() > deadline:
                with open(os.path.join(directory, "log"), encoding="utf-8") as text:
                    sys.exit("with_postgres: PostgreSQL did not start: " + text.read())
            time.sleep(0.05)
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)
            server.wait()
        shutil.rmtree(directory, ignore_errors=True)


def main():
    if "DBPOOL_TEST_POSTGRES" in os.environ:
        sys.exit(subprocess.run(sys.argv[1:], check=False).returncode)
    with postgres() as url:
        code = subprocess.run(sys.argv[1:], env=os.environ | {"DBPOOL_TEST_POSTGRES": url}, check=False).returncode
    sys.exit(code)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
