"""Writers and workers at once, on real connections: no month is left with a wrong row and no mark."""

import random
import threading
from datetime import date

import psycopg
import pytest
from django.db import connection

from cases.models import Client, Session
from kpi.models import DirtyMonth
from kpi.services.summary import drain, recount_marked
from kpi.services.verification import verify
from tests import databases, make
from tests.make import everywhere

WRITERS, WORKERS, CHANGES = 4, 2, 30


def at_once(*calls) -> list:
    """Each call in a thread and on a connection of its own, all let go together; their errors, if any."""
    barrier, errors = threading.Barrier(len(calls)), []

    def run(call):
        try:
            barrier.wait(timeout=30)
            call()
        except Exception as error:  # told by the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return errors


def write(number: int) -> None:
    """Sessions made, moved and voided in the same two months, by one writer of several."""
    dice = random.Random(number)
    days = [date(2025, 3, 3), date(2025, 4, 4)]
    for _change in range(CHANGES):
        session = make.make_session("52110-c1", held_on=dice.choice(days))
        if dice.random() < 0.5:
            with everywhere():
                Session.objects.filter(pk=session.pk).update(held_on=dice.choice(days), minutes=5)


class RaceTests:
    def test_two_workers_and_four_writers_leave_no_wrong_row(self, committed):
        writing = threading.Event()
        writing.set()

        def work():
            while writing.is_set() or DirtyMonth.objects.exists():
                recount_marked()

        def write_all():
            errors.extend(at_once(*(lambda n=number: write(n) for number in range(WRITERS))))
            writing.clear()

        errors: list = []
        errors += at_once(write_all, *[work] * WORKERS)
        assert errors == []
        result = verify()
        assert (result.differences, result.pending) == ([], [])
        with everywhere():
            assert Session.objects.count() == WRITERS * CHANGES

    def test_roll_up_waits_for_the_month_a_worker_is_counting(self, committed):
        make.make_session("52110-c1")
        with psycopg.connect(databases.url(committed, owner=True)) as worker:
            worker.execute("SELECT id FROM kpi_dirtymonth FOR UPDATE")
            done = threading.Event()

            def waits():
                with everywhere():
                    drain(wait=True)
                done.set()
                connection.close()

            waiting = threading.Thread(target=waits)
            waiting.start()
            assert not done.wait(0.5)
            assert recount_marked() == 0  # a worker goes past it
            worker.rollback()
            waiting.join(timeout=30)
        assert done.is_set()
        assert verify().pending == []

    def test_a_nationality_that_changes_while_a_session_is_saved_is_counted(self, committed):
        """Neither the change nor the session sees the other; the mark of the client joins them."""
        client = make.make_client("52110-c1", nationality_id="VN")
        with everywhere():
            drain(wait=True)
        with psycopg.connect(databases.url(committed, owner=True)) as other:
            other.execute("UPDATE cases_client SET nationality_id = 'CN' WHERE id = %s", [client.pk])
            make.make_session(client=client)
            assert recount_marked() == 1
            other.commit()
        assert recount_marked() == 1
        assert verify().differences == []
        with everywhere():
            assert Client.objects.get(pk=client.pk).nationality_id == "CN"


COUNT = (
    "INSERT INTO kpi_monthlyactivity "
    "(workspace_id, month, kind, dimension, value, records, quantity, minutes, province_won) "
    "SELECT * FROM wall.count_activity('2025-03-01', '2025-03-31', ARRAY(SELECT id FROM centers_workspace))"
)


class NegativeControlTests:
    """What the recount guards against does happen where a guard is left out, and verify finds it."""

    def test_counting_before_the_marks_are_taken_loses_a_change(self, committed):
        make.make_session("52110-c1")
        with psycopg.connect(databases.url(committed, owner=True)) as careless:
            careless.execute(COUNT)
            make.make_session("52110-c1")
            careless.execute("DELETE FROM kpi_dirtymonth")
        assert len(verify().differences) > 0

    def test_one_mark_shared_by_two_writers_loses_a_change(self, committed):
        """A unique mark with ON CONFLICT: the second writer adds none, and the worker takes the first's."""
        with psycopg.connect(databases.url(committed, owner=True), autocommit=True) as owner:
            owner.execute(
                "CREATE UNIQUE INDEX shared_mark ON kpi_dirtymonth (workspace_id, month) WHERE workspace_id > 0"
            )
            body = owner.execute("SELECT pg_get_functiondef('wall.mark_months'::regproc)").fetchone()[0]
            owner.execute(body.replace("WHERE day IS NOT NULL'", "WHERE day IS NOT NULL ON CONFLICT DO NOTHING'"))
        make.make_session("52110-c1")
        with psycopg.connect(databases.url(committed, owner=True)) as slow:
            slow.execute(
                "INSERT INTO cases_session (workspace_id, ref, held_on, programme_id, language_id, channel_id, "
                "topic_id, clients, counsellor_name, note, summary) SELECT workspace_id, 'slow', held_on, "
                "programme_id, language_id, channel_id, topic_id, 1, '', '', '' FROM cases_session"
            )
            recount_marked()
            slow.commit()
        result = verify()
        assert result.pending == []
        assert len(result.differences) > 0

    def test_without_the_lock_an_older_count_meets_a_newer_one(self, committed):
        """Two recounts of one month that do not wait for each other cannot both write it."""
        make.make_session("52110-c1")
        with psycopg.connect(databases.url(committed, owner=True)) as one:
            one.execute(COUNT)
            with psycopg.connect(databases.url(committed, owner=True)) as other:
                other.execute("SET lock_timeout = '300ms'")
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    other.execute(COUNT)
