"""``manage.py generate`` as anyone runs it, and all that it refuses."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from demo.installation import Refused, permitted_address
from demo.synthetic.generate import generate
from demo.synthetic.strangers import is_owner
from tests import databases, make
from tests.demo.test_generate import SMALL, one
from tests.support import as_owner

ROOT = Path(__file__).parents[2]


@pytest.fixture
def manage(committed):
    def run(*arguments: str, **changed: str) -> subprocess.CompletedProcess:
        variables = {
            "DATABASE_URL": databases.url(committed),
            "DATABASE_OWNER_URL": databases.url(committed, owner=True),
            "SETTLEMENT_EMBEDDED": "1",
            "LANGUAGE_CODE": "en",
        }
        return subprocess.run(
            [sys.executable, "manage.py", "generate", *arguments],
            cwd=ROOT, env=os.environ | variables | changed, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return run


class CommandTests:
    def test_makes_counts_and_says_how_fast(self, manage, committed):
        done = manage("--people", "200", "--sessions", "600", "--seed", "4")
        assert done.returncode == 0, done.stderr
        assert "200 people, 600 sessions" in done.stdout
        assert "600 of 600 sessions" in done.stderr and "rows a second" in done.stderr
        with as_owner(committed) as owner:
            assert one(owner, "SELECT count(*) FROM cases_session") == 600
            assert one(owner, "SELECT count(*) FROM kpi_dirtymonth") == 0
            assert (
                one(owner, "SELECT sum(records) FROM kpi_monthlyactivity WHERE kind = 'session' AND dimension = ''")
                == 600
            )

    @pytest.mark.parametrize(
        ("arguments", "language", "said"),
        [
            (["--people", "-1", "--sessions", "5"], "en", "-1 is not a whole number from 0 to 2000000."),
            (["--people", "many", "--sessions", "5"], "en", "many is not a whole number"),
            (["--people", "5", "--sessions", "5", "--years", "0"], "en", "0 is not a whole number from 1 to 10."),
            (["--people", "5", "--sessions", "1e9"], "ko", "정수를 넣으십시오."),
            (["--people", "5"], "en", "--sessions"),
            (["--people", "5", "--sessions", "5", "--database", "nope"], "en", "and not nope: nothing was written."),
        ],
    )
    def test_a_bad_argument_is_told_in_one_sentence(self, manage, arguments, language, said):
        done = manage(*arguments, LANGUAGE_CODE=language)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_server_of_one_s_own_is_named_again(self, manage, committed):
        asked = ["--people", "5", "--sessions", "5"]
        for given in ([], ["--database", "another"]):
            done = manage(*asked, *given, SETTLEMENT_EMBEDDED="")
            assert done.returncode == 2
            assert f"--database {committed}" in done.stderr
        assert manage(*asked, "--database", committed, SETTLEMENT_EMBEDDED="").returncode == 0

    def test_the_application_cannot(self, manage, committed):
        done = manage("--people", "5", "--sessions", "5", DATABASE_OWNER_URL=databases.url(committed))
        assert done.returncode == 2
        assert "name that role in DATABASE_OWNER_URL" in done.stderr


@pytest.fixture
def embedded(settings):
    settings.EMBEDDED = True


@pytest.mark.usefixtures("embedded")
class RealPeopleTests:
    """Made-up people go where nobody is, or only others like them."""

    def test_an_empty_database_and_one_with_made_up_people_take_more(self, committed):
        assert permitted_address() == permitted_address()
        generate(SMALL, databases.url(committed, owner=True))
        permitted_address()

    def test_one_real_client_keeps_all_of_them_out(self, committed):
        generate(SMALL, databases.url(committed, owner=True))
        make.make_client("52110-c1", name="NGUYEN THI HOA")
        with pytest.raises(Refused, match="지어냈다는 표시가 없는"):
            permitted_address()

    def test_so_do_an_anonymous_session_and_an_activity(self, committed):
        make.make_session("52110-c1")
        with pytest.raises(Refused):
            permitted_address()
        with as_owner(committed) as owner:
            owner.execute("DELETE FROM cases_session")
        permitted_address()
        make.make_activity()
        with pytest.raises(Refused):
            permitted_address()

    def test_a_database_that_was_never_prepared_is_told_so(self, committed):
        with as_owner(committed) as owner:
            owner.execute("CREATE SCHEMA aside; ALTER TABLE cases_session SET SCHEMA aside")
        with pytest.raises(Refused, match="prepare"):
            permitted_address()

    def test_the_owner_is_told_from_the_application(self, committed):
        with as_owner(committed) as owner:
            assert is_owner(owner)
        with psycopg.connect(databases.url(committed)) as application:
            assert not is_owner(application)
