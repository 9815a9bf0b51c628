"""The export of a list of sessions: its pace, and the peak of memory of the process that writes it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from accounts.models import User
from centers.models import ExportFormat, Role, Workspace
from centers.services.membership import grant_role
from tests import databases
from tests.bench.rows import fill
from tests.make import make_export

SESSIONS = int(os.environ.get("BENCH_EXPORT_ROWS", "100000"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "12000"))
PEAK_MIB = 256
ROOT = Path(__file__).parents[2]
NAME = "settlement_bench_export"
INSIDE = """
import re, sys, time
import django
django.setup()
from centers.exports.run import run_export
began = time.perf_counter()
run_export(int(sys.argv[1]), int(sys.argv[2]))
# Not the peak of getrusage: that one remembers the benchmark itself, of which this process is a copy at first.
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
print(time.perf_counter() - began, peak // 1024)
"""


def run() -> list[str]:
    databases.clone(NAME)
    databases.use(NAME)
    try:
        fill(NAME, sessions=SESSIONS, people=PEOPLE)
        with tempfile.TemporaryDirectory() as folder:
            return list(_measured(folder))
    finally:
        connection.close()
        databases.discard(NAME)


def _measured(folder: str) -> Iterator[str]:
    user = _reader()
    for format in ExportFormat:
        export = make_export(user, format=format, rows_total=SESSIONS)
        environment = {
            **os.environ,
            "DATABASE_URL": databases.url(NAME),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SETTLEMENT_EMBEDDED": "1",
            "SETTLEMENT_EXPORTS": folder,
        }
        command = [sys.executable, "-c", INSIDE, str(export.pk), str(user.pk)]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        seconds, peak = done.stdout.split()
        size = sum(path.stat().st_size for path in Path(folder).glob(f"{export.pk}-*"))
        verdict = "holds" if int(peak) < PEAK_MIB else "FAILS"
        yield (
            f"{format} of {SESSIONS:,} rows: {float(seconds):.1f} s, {size / 2**20:.1f} MiB, "
            f"peak memory {peak} MiB (bar {PEAK_MIB}: {verdict})"
        )


def _reader() -> User:
    """Somebody who counsels in every centre, so that all rows are theirs."""
    user = User.objects.create_user("reader")
    for center in Workspace.objects.filter(kind="center"):
        grant_role(user=user, workspace=center, role=Role.COUNSELLOR, actor=None, official=False)
    return user
