"""Today is a day in Seoul, in the database as in Django, whatever zone the session is in."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.make import (
    make_activity,
    make_client,
    make_dependant,
    make_session,
    make_stay,
    make_visa_case,
    make_voucher,
)
from tests.support import ask, refused_by, run

pytestmark = pytest.mark.django_db

# Midnight in Seoul is 15:00 in London; 08:30 of a day in Seoul is 23:30 of the day before.
INSTANTS = [
    datetime(2025, 12, 31, 14, 59, 59, tzinfo=UTC),
    datetime(2025, 12, 31, 15, 0, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 30, tzinfo=UTC),
    datetime(2026, 1, 1, 0, 30, tzinfo=UTC),
    datetime(2024, 2, 28, 15, 0, tzinfo=UTC),
]
EXPECTED = [date(2025, 12, 31), *[date(2026, 1, 1)] * 3, date(2024, 2, 29)]


@pytest.mark.parametrize(("instant", "day"), zip(INSTANTS, EXPECTED, strict=True))
@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_django_and_the_database_agree_on_the_day_of_an_instant(instant, day, zone):
    body = ask("SELECT prosrc FROM pg_proc WHERE oid = 'wall.today'::regproc")
    assert body.count("now()") == 1
    run("SELECT set_config('TimeZone', %s, true)", zone)
    assert ask(body.replace("now()", f"'{instant.isoformat()}'::timestamptz")) == day
    with time_machine.travel(instant, tick=False):
        assert timezone.localdate() == day


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_today_does_not_follow_the_session(zone):
    today = ask("SELECT (now() AT TIME ZONE 'UTC' + interval '9 hours')::date")
    run("SELECT set_config('TimeZone', %s, true)", zone)
    assert ask("SELECT wall.today()") == today


def today() -> date:
    return ask("SELECT wall.today()")


def free_bed(day: date) -> str:
    return "1" if day == today() else "2"


MAKERS = {
    "session": lambda day: make_session(held_on=day),
    "activity": lambda day: make_activity(held_on=day),
    "arrival": lambda day: make_stay(checked_in_on=day, bed_code=free_bed(day)),
    "departure": lambda day: make_stay(checked_out_on=day, bed_code=free_bed(day)),
    "entry": lambda day: make_dependant(make_client(), entered_on=day),
    "visa case": lambda day: make_visa_case(received_on=day),
    "voucher": lambda day: make_voucher(applied_on=day),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_nothing_happens_tomorrow_and_all_of_it_today(make):
    make(today())
    with refused_by("not_in_the_future"):
        make(today() + timedelta(days=1))
