"""Processes of our own that end when we do: in order when we are asked to, and at once when we are killed."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)


class Child:
    """A process started here. It leaves with its parent, also where the parent is killed without a word (Linux)."""

    def __init__(self, name: str, arguments: list[str], *, log: Path | None = None, folder: Path | None = None):
        self.name = name
        self.log = log
        output = open(log, "wb") if log else None  # noqa: SIM115  (handed to the child)
        parent = os.getpid()
        # A session of its own: Ctrl-C in the terminal reaches us alone, and we stop things in order.
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
            preexec_fn=lambda: _leave_with(parent),
        )
        if output:
            output.close()

    @property
    def status(self) -> int | None:
        """The exit status, or None while it runs."""
        return self.process.poll()

    def stop(self, *, patience: float = 20) -> None:
        """Ask it to end; after ``patience`` seconds do not ask any more."""
        if self.status is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def run(arguments: list[str], *, folder: Path, log: Path | None = None) -> int:
    """Run a program to its end and give its exit status. Interrupted, it is stopped first."""
    child = Child(arguments[0], arguments, log=log, folder=folder)
    try:
        return child.process.wait()
    finally:
        child.stop()


def until(condition, *, seconds: float) -> bool:
    """Wait for a condition; False where it does not come in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def _leave_with(parent: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we could say so
        os._exit(1)
