"""The roll-up of a year over many sessions: after one changed row, against the first count of all of them."""

import os
import subprocess
import sys
import time
from datetime import date

from django.db import connection

from cases.models import Session
from centers.scope import WHOLE_PROVINCE, acting_for
from kpi.rollup import roll_up
from tests import databases
from tests.bench.rows import fill

SESSIONS = int(os.environ.get("BENCH_SESSIONS", "1000000"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "120000"))
BAR = 0.05
NAME = "settlement_bench_rollup"


def run() -> list[str]:
    databases.clone(NAME)
    try:
        fill(NAME, sessions=SESSIONS, people=PEOPLE)
        databases.use(NAME)
        return list(_measured())
    finally:
        connection.close()
        databases.discard(NAME)


def _measured():
    first, answer = _timed()
    yield f"first count of {answer['counselling']['sessions']:,} sessions: {first:.2f} s"
    yield f"again, nothing changed: {_timed()[0] * 1000:.0f} ms"
    for text, day in (("the year", None), ("up to 15 June", date(2025, 6, 15))):
        after = sorted(_after_a_change(number, day) for number in range(5))[2]
        # The bar is on the whole year; a day inside a month has its rows counted too.
        verdict = "" if day else f" (bar {BAR:.0%}: {'holds' if after / first < BAR else 'FAILS'})"
        yield f"{text} after one changed row: {after * 1000:.0f} ms = {after / first:.1%}{verdict}"
    _change(99)
    began = time.perf_counter()
    environment = {
        **os.environ,
        "DATABASE_URL": databases.url(NAME),
        "DATABASE_OWNER_URL": databases.url(NAME, owner=True),
    }
    command = [sys.executable, "manage.py", "rollup_kpi", "--year", "2025"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    yield f"the whole command after one changed row: {time.perf_counter() - began:.2f} s"


def _timed(day: date | None = None) -> tuple[float, dict]:
    began = time.perf_counter()
    with acting_for(WHOLE_PROVINCE, reason="bench"):
        answer = roll_up(2025, as_of=day)
    return time.perf_counter() - began, answer


def _after_a_change(number: int, day: date | None) -> float:
    _change(number)
    return _timed(day)[0]


def _change(number: int) -> None:
    with acting_for(WHOLE_PROVINCE, reason="bench"):
        # From different centres, large and small: sessions stand in the order of their centres.
        session = Session.objects.exclude(minutes=None).order_by("pk")[number % 7 * SESSIONS // 8]
        Session.objects.filter(pk=session.pk).update(minutes=session.minutes + 1)
