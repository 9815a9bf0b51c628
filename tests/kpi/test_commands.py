"""The commands as anyone runs them: a process of its own, on a database that holds what was committed."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from openpyxl import load_workbook

from kpi.services.summary import recount_marked
from tests import databases, make

ROOT = Path(__file__).parents[2]
KEYS = [
    "year", "as_of", "indicators", "total_score", "weight_evaluated", "complete", "programmes", "centres",
    "counselling", "visas", "quotas", "vouchers", "shelter",
]  # fmt: skip


@pytest.fixture
def manage(committed):
    """Runs a command of ``manage.py`` in English, as the application."""

    def run(*arguments: str) -> subprocess.CompletedProcess:
        addresses = {
            "DATABASE_URL": databases.url(committed),
            "DATABASE_OWNER_URL": databases.url(committed, owner=True),
        }
        environment = {**os.environ, **addresses, "SETTLEMENT_EMBEDDED": "1", "LANGUAGE_CODE": "en"}
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=60)

    return run


class RollUpCommandTests:
    def test_prints_the_json_and_nothing_else(self, manage):
        make.make_session("52110-c1")
        done = manage("rollup_kpi", "--year", "2025", "--format", "json")
        answer = json.loads(done.stdout)
        assert done.returncode == 0
        assert list(answer) == KEYS
        assert answer["counselling"]["by_center"] == {"52110-c1": 1}
        assert list(answer["indicators"][0]) == [
            "code", "rule", "target", "actual", "achievement_percent", "weight", "score",
        ]  # fmt: skip

    def test_takes_a_day_and_a_rule(self, manage):
        make.make_session("52110-c1")
        done = manage("rollup_kpi", "--year", "2025", "--as-of", "2025-03-02", "--rule", "received-persons")
        answer = json.loads(done.stdout)
        assert (answer["as_of"], answer["counselling"]["sessions"]) == ("2025-03-02", 0)
        assert answer["indicators"][0]["rule"] == "received-persons"

    def test_a_year_without_data_is_answered(self, manage):
        done = manage("rollup_kpi", "--year", "1999", "--format", "json")
        assert (done.returncode, json.loads(done.stdout)["total_score"]) == (0, 0.0)

    def test_draws_tables_and_writes_a_spreadsheet(self, manage):
        table = manage("rollup_kpi", "--year", "2025", "--format", "table")
        assert "visa" in table.stdout.decode().lower()
        sheet = manage("rollup_kpi", "--year", "2025", "--format", "xlsx")
        book = load_workbook(io.BytesIO(sheet.stdout))
        assert len(book.sheetnames) == 9
        figures = {row[1].value for row in book.worksheets[-1].iter_rows(min_row=3)}
        assert figures >= {"Sessions (cases)", "Clients in sessions (visits)", "Distinct persons"}

    @pytest.mark.parametrize(
        ("arguments", "status", "said"),
        [
            (["--year", "2025", "--known-at", "2025-06-30"], 1, "cannot be rolled up yet"),
            (["--year", "2025", "--rule", "none-such"], 1, "recommended-persons"),
            (["--year", "2025", "--none-such"], 2, "usage"),
            (["--year", "soon"], 2, "usage"),
            (["--year", "2025", "--as-of", "2025-13-01"], 2, "usage"),
            ([], 2, "usage"),
        ],
    )
    def test_refuses_what_it_cannot_answer(self, manage, arguments, status, said):
        done = manage("rollup_kpi", *arguments)
        assert (done.returncode, done.stdout) == (status, b"")
        assert said in done.stderr.decode()
        assert "Traceback" not in done.stderr.decode()


class VerifyCommandTests:
    def test_says_in_one_sentence_that_all_is_well(self, manage):
        make.make_session("52110-c1")
        recount_marked()
        done = manage("verify")
        assert done.returncode == 0
        assert len(done.stdout.decode().strip().splitlines()) == 1

    def test_lists_what_is_not_counted_yet(self, manage):
        make.make_session("52110-c1")
        done = manage("verify")
        assert done.returncode == 0
        assert "52110-c1 2025-03" in done.stdout.decode()

    def test_exits_1_where_the_summary_is_wrong(self, manage, committed):
        make.make_session("52110-c1")
        recount_marked()
        with psycopg.connect(databases.url(committed, owner=True)) as owner:
            owner.execute("UPDATE kpi_monthlyactivity SET quantity = 7 WHERE dimension = 'topic'")
        for _again in range(2):  # it repairs nothing
            done = manage("verify")
            assert done.returncode == 1
            assert "labour.wages" in done.stdout.decode()
            assert "Traceback" not in done.stderr.decode()
