"""The roll-up of a year over many sessions.

The count of all of them against one statement that somebody writes by hand for the same numbers, who stands before no
wall and keeps no figure for anyone; and the count after one changed row against that of all.
"""

import os
import statistics
import subprocess
import sys
import time
from datetime import date

import psycopg
from django.db import connection

from cases.models import Session
from centers.scope import WHOLE_PROVINCE, acting_for
from kpi.rollup import roll_up
from tests import databases
from tests.bench.rows import fill

SESSIONS = int(os.environ.get("BENCH_SESSIONS", "1000000"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "120000"))
BAR = 0.05
BAR_BY_HAND = 1.5
ROUNDS = 3
NAME = "settlement_bench_rollup"
BY_HAND = """
    CREATE TEMP TABLE counted AS
    SELECT s.workspace_id, date_trunc('month', s.held_on)::date AS month, s.language_id, s.channel_id, s.topic_id,
           coalesce(c.nationality_id, s.nationality_id, 'unknown') AS nationality, s.programme_id,
           s.person_id IS NULL AS anonymous, count(*) AS records, sum(s.clients) AS clients, sum(s.minutes) AS minutes
      FROM cases_session s LEFT JOIN cases_client c ON c.id = s.client_id
     WHERE s.voided_at IS NULL
     GROUP BY s.workspace_id, date_trunc('month', s.held_on)::date,
              GROUPING SETS ((), (s.language_id), (s.channel_id), (s.topic_id), (6), (s.programme_id), (8));
    CREATE TEMP TABLE came AS
    SELECT DISTINCT workspace_id, date_trunc('month', held_on)::date AS month, person_id
      FROM (SELECT workspace_id, held_on, person_id
              FROM cases_session
             WHERE voided_at IS NULL AND person_id IS NOT NULL
            UNION ALL
            SELECT o.workspace_id, o.held_on, o.person_id
              FROM cases_sessionclient o JOIN cases_session s ON s.id = o.session_id
             WHERE s.voided_at IS NULL) everybody
"""


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
    yield from _against_a_hand()
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


def _against_a_hand():
    """All months counted afresh and the year worked out, turn by turn with the statement."""
    ours, by_hand = [], []
    for _round in range(ROUNDS):
        with psycopg.connect(databases.url(NAME, owner=True)) as owner:
            owner.execute("SELECT wall.mark_all()")
        ours.append(_timed()[0])
        with psycopg.connect(databases.url(NAME, owner=True)) as owner:
            began = time.perf_counter()
            owner.execute(BY_HAND)
            by_hand.append(time.perf_counter() - began)
            _compare(owner)
    count, statement = statistics.median(ours), statistics.median(by_hand)
    verdict = "holds" if count / statement <= BAR_BY_HAND else "FAILS"
    yield (
        f"all {SESSIONS:,} counted afresh: {count:.2f} s, a statement by hand {statement:.2f} s, "
        f"ratio {count / statement:.2f} (bar {BAR_BY_HAND}: {verdict})"
    )


def _compare(owner: psycopg.Connection) -> None:
    """What was written by hand is the same count, or the comparison says nothing."""
    ours = owner.execute(
        "SELECT sum(records), (SELECT count(*) FROM kpi_monthlyperson WHERE kind = 'session') FROM kpi_monthlyactivity"
        " WHERE kind = 'session'"
    ).fetchone()
    by_hand = owner.execute("SELECT sum(records), (SELECT count(*) FROM came) FROM counted").fetchone()
    assert ours == by_hand, (ours, by_hand)


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
