"""A process with a mistake in its settings does not start, and says in one sentence what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import databases

ROOT = Path(__file__).parents[1]


def start(database: str, **variables: str) -> subprocess.CompletedProcess:
    """Load the application as gunicorn does."""
    environment = os.environ | {"DATABASE_URL": databases.url(database)} | variables
    return subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.committed
class StartTests:
    def test_starts_when_all_is_well(self, committed):
        done = start(committed)
        assert (done.returncode, done.stderr) == (0, "")

    def test_refuses_a_key_that_the_database_does_not_know(self, committed):
        done = start(committed, SETTLEMENT_SCOPE_KEY="0" * 64)
        assert done.returncode == 4
        assert done.stderr.startswith("SETTLEMENT_SCOPE_KEY is not the key that the database knows")
        assert len(done.stderr.splitlines()) == 1

    def test_refuses_to_run_as_the_owner_of_the_tables(self, committed):
        done = start(committed, DATABASE_URL=databases.url(committed, owner=True))
        assert (done.returncode, len(done.stderr.splitlines())) == (4, 1)
        assert "owns the tables" in done.stderr

    def test_says_that_a_database_is_not_prepared(self, committed):
        done = start("postgres")
        assert done.returncode == 4
        assert "manage.py prepare" in done.stderr

    def test_says_that_the_database_does_not_answer(self, committed):
        done = start("settlement_nowhere")
        assert done.returncode == 4
        assert "does not answer at DATABASE_URL" in done.stderr.splitlines()[0]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("DATABASE_URL", "nonsense"), ("DATABASE_OWNER_URL", "nonsense x"), ("REDIS_URL", "http://host"),
            ("SETTLEMENT_TRUSTED_PROXIES", "abc"), ("SETTLEMENT_SCORE_CAP", "-5"), ("SETTLEMENT_HTTPS", "maybe"),
            ("SETTLEMENT_REQUIRE_SECOND_FACTOR", "perhaps"), ("SETTLEMENT_LOG_LEVEL", "loud"),
            ("SETTLEMENT_SECRET_KEY", "short"), ("SETTLEMENT_HOSTS", "https://settlement.example.kr/"),
        ],
    )  # fmt: skip
    def test_each_mistake_is_one_sentence_that_names_the_setting(self, name, value):
        done = start("postgres", **{name: value})
        assert (done.returncode, len(done.stderr.splitlines())) == (4, 1), done.stderr
        assert done.stderr.startswith(name)

    def test_all_mistakes_are_told_at_once(self):
        done = start("postgres", SETTLEMENT_SCORE_CAP="x", SETTLEMENT_HTTPS="maybe", SETTLEMENT_LOG_LEVEL="loud")
        assert len(done.stderr.splitlines()) == 3
