"""A killed import, a full round with real commits, and two imports at once."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from cases.models import Client, Session
from tests import databases
from tests.make import everywhere
from tests.support import as_owner, run_together
from tests.workbook.files import PERSON, SESSION, counts, warnings, workbook
from workbook.models import ImportedRow
from workbook.services import import_workbook

ROOT = Path(__file__).parents[2]
ROWS = 1500
TABLES = (
    "cases_person",
    "cases_client",
    "cases_session",
    "cases_sessionissue",
    "workbook_importedrow",
    "audit_auditentry",
)


def big_workbook(path: Path) -> Path:
    people = [{**PERSON, "번호": number} for number in range(200)]
    sessions = [{**SESSION, "번호": number, "사람번호": number % 200, "부유형": "산재"} for number in range(ROWS)]
    return workbook(path, 사람=people, 상담=sessions)


def start_import(path: Path, database: str) -> subprocess.Popen:
    environment = {
        **os.environ,
        "DATABASE_URL": databases.url(database),
        "DATABASE_OWNER_URL": databases.url(database, owner=True),
    }
    command = [sys.executable, "manage.py", "import_workbook", str(path)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def sizes(database: str) -> list[int]:
    with as_owner(database) as owner:
        return [owner.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]


def wait_until_gone(database: str) -> None:
    """A killed client's session ends when the server notices; what it began is then taken back."""
    with as_owner(database) as owner:
        end = time.monotonic() + 30
        while owner.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", [database]
        ).fetchone()[0]:
            assert time.monotonic() < end, "the killed import still holds its session"
            time.sleep(0.02)


class KilledTests:
    def test_a_kill_at_any_moment_leaves_all_or_nothing(self, committed, tmp_path):
        path = big_workbook(tmp_path / "big.xlsx")
        before = sizes(committed)
        whole = start_import(path, committed)
        began = time.monotonic()
        _out, said = whole.communicate(timeout=120)
        length = time.monotonic() - began
        assert whole.returncode == 0, said
        after = sizes(committed)
        moments = random.Random(11)
        killed = attempts = 0
        while killed < 10:
            attempts += 1
            assert attempts < 50, "the imports end before they can be killed"
            databases.clone(committed)
            running = start_import(path, committed)
            began, moment = time.monotonic(), moments.uniform(0.2, 1.0)
            try:
                running.wait(timeout=length * moment)
                length = time.monotonic() - began  # the machine is faster now than it was
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                killed += 1
            running.communicate()
            wait_until_gone(committed)
            assert sizes(committed) in (before, after), f"half written after {moment:.0%} of the way"
        databases.use(committed)
        assert sum(counts(import_workbook(path))) == ROWS + 200
        assert sizes(committed)[:4] == after[:4]


class CommittedTests:
    def test_a_record_edited_on_screen_is_left_and_told(self, committed, tmp_path):
        path = workbook(tmp_path / "a.xlsx", 상담=[SESSION])
        import_workbook(path)
        with everywhere():
            Session.objects.update(minutes=55)
        outcome = import_workbook(path)
        assert counts(outcome) == (0, 0, 1)
        assert warnings(outcome) == [("상담", 2, "번호")]
        with everywhere():
            assert Session.objects.get().minutes == 55

    def test_two_imports_of_one_file_at_once_bring_it_in_once(self, committed, tmp_path):
        path = workbook(tmp_path / "a.xlsx", 사람=[PERSON], 상담=[{**SESSION, "사람번호": 1}])
        outcomes = run_together(lambda: import_workbook(path), lambda: import_workbook(path))
        assert sorted(counts(outcome) for outcome in outcomes) == [(0, 0, 2), (2, 0, 0)]
        with everywhere():
            assert (Session.objects.count(), Client.objects.count(), ImportedRow.objects.count()) == (1, 1, 2)

    def test_moving_with_an_identity_is_no_edit(self, committed, bring):
        bring(사람=[PERSON], 상담=[{**SESSION, "사람번호": 1}])
        bring(사람=[{**PERSON, "번호": 9, "외국인등록번호": "900101-5000000"}])
        bring(사람=[{**PERSON, "외국인등록번호": "900101-5000000"}], update=True)
        assert ("상담", 2, "번호") not in warnings(bring(상담=[{**SESSION, "사람번호": 1}]))
