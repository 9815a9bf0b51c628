"""A real worker on the real queue, on a database of the test's own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import databases

ROOT = Path(__file__).parents[1]


def start(database: str) -> subprocess.Popen:
    """A worker of one process; it takes what this test worker queues."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "--without-mingle"]
    environment = {**os.environ, "DATABASE_URL": databases.url(database), "SETTLEMENT_EMBEDDED": "1"}
    return subprocess.Popen([*command, "--without-gossip", "--loglevel", "ERROR"], cwd=ROOT, env=environment)


def kill(worker: subprocess.Popen) -> None:
    """At once, as a machine that loses its power does."""
    worker.send_signal(signal.SIGKILL)
    worker.wait(30)


@contextmanager
def working(database: str) -> Iterator[None]:
    worker = start(database)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(60)
