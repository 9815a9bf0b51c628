"""The import of 100,000 sessions against the least that any import has to do.

The least: read the file with python-calamine, look every cell over in a plain loop, COPY the same rows.
"""

import os
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import python_calamine
from django.db import connection
from django.utils import timezone

from tests import databases
from workbook.cells import code_sets
from workbook.sheets import sheet_named

SESSIONS = int(os.environ.get("BENCH_SESSIONS", "100000"))
ROOT = Path(__file__).parents[2]
NAME = "settlement_bench_import"
TODAY = timezone.localdate()
BAR = 3.0
PEAK_MIB = 1024

_COLUMNS = "id bigint, " + ", ".join(f"c{place} text" for place in range(22))


def run() -> list[str]:
    databases.clone(NAME)
    databases.use(NAME)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sessions.xlsx"
            maker = ROOT / "tests" / "data" / "make_centres.py"
            subprocess.run([sys.executable, maker, "--sessions", str(SESSIONS), "--out", path], check=True)
            return list(_measured(path))
    finally:
        connection.close()
        databases.discard(NAME)


def _measured(path: Path) -> Iterator[str]:
    least = min(_least(path) for _ in range(3))
    ours, command, peak = _ours(path)
    verdict = "holds" if ours / least <= BAR else "FAILS"
    yield f"import of {SESSIONS:,} sessions: {ours:.1f} s = {ours / least:.2f} x the least of {least:.1f} s"
    yield f"both inside a running process, bar {BAR} x: {verdict}; the whole command {command:.1f} s"
    yield f"peak memory {peak} MiB (bar {PEAK_MIB}: {'holds' if peak < PEAK_MIB else 'FAILS'})"


def _least(path: Path) -> float:
    """Seconds to read, look every cell over and COPY."""
    names = {kind: {plain(word): code for word, code in words.codes.items()} for kind, words in code_sets().items()}
    started = time.perf_counter()
    rows = []
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        lines = book.get_sheet_by_name(name).to_python()
        columns = [sheet_named(name).column(header) for header in lines[0]]
        rows += [[look(*pair, names) for pair in zip(line, columns, strict=True)] for line in lines[1:]]
    with psycopg.connect(databases.url(NAME, owner=True)) as owner:
        owner.execute(f"DROP TABLE IF EXISTS bare; CREATE TABLE bare ({_COLUMNS})")
        with owner.cursor().copy("COPY bare FROM STDIN") as copy:
            for number, row in enumerate(rows):
                copy.write_row((number, *row, *[None] * (22 - len(row))))
    return time.perf_counter() - started


def plain(word: str) -> str:
    return "".join(unicodedata.normalize("NFC", word).split()).casefold()


def look(cell, column, names: dict[str, dict]):
    """One cell by hand: filled where it must be, a code that is known, a day not to come, a number, clean text."""
    if cell == "":
        assert not column.required
        return None
    if column.reads in names:
        return names[column.reads][plain(str(cell))]
    if column.reads in {"past", "day"}:
        day = cell if isinstance(cell, date) else date.fromisoformat(cell)
        assert column.reads == "day" or day <= TODAY
        return day
    if column.reads in {"count", "minutes", "won"}:
        assert float(cell).is_integer() and 0 <= cell < 2_000_000_000
        return int(cell)
    if column.reads == "topics":
        return ";".join(names["topic"][plain(part)] for part in cell.split(";"))
    text = unicodedata.normalize("NFC", str(int(cell)) if isinstance(cell, float) else str(cell)).strip()
    assert "\x00" not in text and (column.reads == "note" or len(text) <= column.longest)
    return text


INSIDE = """
import resource, sys, time
from pathlib import Path
import django
django.setup()
from workbook.services import import_workbook
began = time.perf_counter()
outcome = import_workbook(Path(sys.argv[1]))
taken = time.perf_counter() - began
assert not outcome.refused and outcome.new
print(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def _ours(path: Path) -> tuple[float, float, int]:
    """Seconds of the import in a fresh process without its start, of the whole process, and its peak in MiB."""
    environment = {
        **os.environ,
        "DATABASE_URL": databases.url(NAME),
        "DATABASE_OWNER_URL": databases.url(NAME, owner=True),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", INSIDE, str(path)],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    taken, peak = done.stdout.split()
    return float(taken), time.perf_counter() - started, int(peak)
