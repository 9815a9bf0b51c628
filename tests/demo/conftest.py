from datetime import date

import pytest
from django.db import connections

from demo.synthetic.generate import Plan, generate
from tests import databases
from tests.conftest import WORKER
from tests.support import as_owner, run

YEAR = Plan(
    people=5_500, sessions=20_000, first=date(2025, 1, 1), last=date(2025, 12, 31), seed=11, today_at={"52110-c1": 6}
)
NOT_RUNNING = "52740-c1"


NAME = f"settlement_year_{WORKER}"


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker):
    """A made-up year of its own, and a connection that sees all of it. One centre is not running."""
    with django_db_blocker.unblock():
        databases.clone(NAME)
        databases.use(NAME)
        run("UPDATE centers_workspace SET counts_from = NULL WHERE code = %s", NOT_RUNNING)
        generate(YEAR, databases.url(NAME, owner=True))
        with as_owner(NAME) as owner:
            yield owner
        connections.close_all()
        databases.use(f"settlement_worker_{WORKER}")
        databases.discard(NAME)


@pytest.fixture
def in_year(year):
    """Django works on the made-up year."""
    databases.use(NAME)
