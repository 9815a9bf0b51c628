"""The month so far is counted once, and again as soon as something it was counted from has changed."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Session
from centers.models import Role
from kpi.evidence import Figure, total
from kpi.month import MonthSoFar, month_so_far, same_day_before
from kpi.services.summary import drain
from tests.make import everywhere, make_client, make_session, make_together, make_user, place

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 20)


@pytest.fixture
def manager():
    make_session(client=make_client(), held_on=DAY, language_id="vi", minutes=30)
    make_session(client=make_client(), held_on=same_day_before(DAY))
    user = make_user(Role.MANAGER)
    recount()
    return user


def recount() -> None:
    with everywhere():
        drain(wait=True)


def counted(manager, day: date = DAY) -> tuple[MonthSoFar, bool]:
    """The month, and whether sessions were asked for it."""
    with everywhere(), CaptureQueriesContext(connection) as queries:
        month = month_so_far(manager, place(), day)
    return month, any("cases_session" in (query["sql"] or "") for query in queries)


def test_it_is_counted_once(manager):
    first, asked = counted(manager)
    assert asked
    assert counted(manager) == (first, False)
    assert (first.figures["session"], first.before, first.by_language) == (1, 1, (("vi", 1),))


def test_whoever_came_with_another_is_a_person_of_the_month(manager):
    """As the rows behind the figure have it."""
    with everywhere():
        session = Session.objects.get(held_on=DAY)
    make_together(session, make_client(), make_client())
    recount()
    month, _asked = counted(manager)
    with everywhere():
        behind = total(Figure(2025, "person", (("workspace", "52110-c1"), ("month", "2025-03")), DAY)).number
    assert month.figures["person"] == behind == 3


def test_another_day_is_another_month_so_far(manager):
    counted(manager)
    month, asked = counted(manager, DAY - timedelta(days=1))
    assert asked
    assert month.figures["session"] == 0


@pytest.mark.parametrize("drained", [False, True])
@pytest.mark.parametrize(
    ("change", "name", "number"),
    [
        (lambda: make_session(client=make_client(), held_on=DAY), "session", 2),
        (lambda: make_session(client=make_client(), held_on=same_day_before(DAY)), "before", 2),
        (lambda: Session.objects.filter(held_on=DAY).update(summary="요지"), "without_summary", 0),
        (lambda: Session.objects.filter(held_on=DAY).update(recorded_on=DAY + timedelta(days=1)), "late", 1),
        (lambda: Session.objects.filter(held_on=DAY).update(minutes=45), "minutes", 45),
    ],
)
def test_a_change_counts_at_once_and_after_its_recount(manager, change, name, number, drained):
    counted(manager)
    with everywhere():
        change()
    if drained:
        recount()
    month, _asked = counted(manager)
    assert month.figures.get(name, getattr(month, name, None)) == number
    assert counted(manager)[0] == month


def test_what_other_centres_do_leaves_it(manager):
    counted(manager)
    make_session("52130-c1", client=make_client("52130-c1"), held_on=DAY)
    assert not counted(manager)[1]


def test_what_was_held_in_korean_wants_no_summary(manager, client):
    """Its note can be read as it is."""
    make_session(client=make_client(), held_on=DAY, language_id="ko")
    recount()
    assert counted(manager)[0].without_summary == 1
    client.force_login(manager)
    listed = client.get("/sessions/", {"summary": "missing", "month": f"{DAY:%Y-%m}"}).context["shown"]
    assert [row.language_id for row in listed.page] == ["vi"]
