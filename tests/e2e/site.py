"""The site as a browser meets it: gunicorn on a database of the test's own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from tests import databases

ROOT = Path(__file__).parents[2]
PASSWORD = "a password of the tests"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(database: str, application: str = "config.wsgi", **more: str):
    """The address of the pages, as long as the block runs; ``more`` are settings in the environment."""
    with served(database, application, **more) as (address, _web):
        yield address


@contextmanager
def served(database: str, application: str = "config.wsgi", *, threads: int = 4, **more: str):
    """The address of the pages, and the process that its web processes are children of."""
    port = free_port()
    address = f"http://localhost:{port}"
    variables = {"DATABASE_URL": databases.url(database), "SETTLEMENT_DEMO": "1", "SETTLEMENT_EMBEDDED": "1"} | more
    gunicorn = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--log-level", "warning"]
    web = subprocess.Popen(
        [
            *gunicorn,
            "--bind",
            f"127.0.0.1:{port}",
            "--worker-class",
            "gthread",
            "--threads",
            f"{threads}",
            application,
        ],
        cwd=ROOT,
        env=os.environ | variables,
    )
    try:
        _wait_for(address, web)
        yield address, web
    finally:
        web.terminate()
        web.wait(30)


def _wait_for(address: str, web: subprocess.Popen) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            assert web.poll() is None, "gunicorn ended"
            assert time.monotonic() < end, "gunicorn does not answer"
            time.sleep(0.1)
