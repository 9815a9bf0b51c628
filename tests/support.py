"""What several test modules need and pytest does not bring."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Barrier
from time import monotonic

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test import Client

from tests import databases


@contextmanager
def crowd(size: int) -> Iterator[Callable]:
    """So many threads, each with a connection it keeps. Gives a function that lets each call with its own argument,
    all at once; answers and exceptions come back in the order of the arguments.
    """
    start = Barrier(size, timeout=60)

    def at_once(call: Callable, arguments: list) -> list:
        def one(argument):
            connection.ensure_connection()
            start.wait()
            try:
                return call(argument)
            except Exception as error:
                return error

        assert len(arguments) == size
        return list(threads.map(one, arguments))

    with ThreadPoolExecutor(size) as threads:
        try:
            yield at_once
        finally:
            at_once(lambda _: connections.close_all(), [None] * size)


def run_together(*calls: Callable) -> list:
    """Each call in a thread and connection of its own, all at once; what they gave back or raised, in order."""
    with crowd(len(calls)) as at_once:
        return at_once(lambda call: call(), list(calls))


def waits_for(holder: psycopg.Connection, call: Callable) -> Callable:
    """Start a call that has to wait for the open transaction of a connection, and come back once it waits.

    Gives a function for afterwards: what the call gave back or raised.
    """
    answers = all_wait_for(holder, call)
    return lambda: answers()[0]


def all_wait_for(holder: psycopg.Connection, *calls: Callable) -> Callable[[], list]:
    """The same for several, of which some may wait for each other: none has ended before all of them wait."""

    def work(call: Callable):
        try:
            return call()
        finally:
            connections.close_all()

    threads = ThreadPoolExecutor(len(calls))
    answers = [threads.submit(work, call) for call in calls]
    end = monotonic() + 30
    while holder.execute(WAITING).fetchone()[0] < len(calls):
        early = [answer.result() for answer in answers if answer.done()]
        assert not early, f"it did not wait: {early}"
        assert monotonic() < end, "it neither waited nor ended"
    threads.shutdown(wait=False)
    return lambda: [answer.result(timeout=60) for answer in answers]


# Those who wait for the holder, or for one who does.
WAITING = """
  WITH RECURSIVE waits AS (SELECT pid, pg_blocking_pids(pid) AS holders FROM pg_locks WHERE NOT granted),
  behind AS (
    SELECT pid FROM waits WHERE pg_backend_pid() = ANY (holders)
    UNION SELECT w.pid FROM waits w JOIN behind b ON b.pid = ANY (w.holders)
  ) SELECT count(*) FROM behind
"""


def sent_twice(
    name: str, user, address: str, typed: dict, *, held: str, first: str = "", other: dict | None = None
) -> list[tuple[int, str]]:
    """Send a form twice, or with ``other``, while the owner holds what both need: both have looked before one writes.

    Gives the status and the page of each answer, the one that went in first. ``first`` is what the owner changes
    before, as taking a rule away.
    """

    def send(typed: dict) -> tuple[int, str]:
        browser = Client()
        browser.force_login(user)
        answer = browser.post(address, typed)
        return answer.status_code, answer.content.decode()

    with as_owner(name) as owner:
        if first:
            owner.execute(first)
        with owner.transaction():
            owner.execute(held)
            answers = all_wait_for(owner, partial(send, typed), partial(send, other or typed))
        return sorted(answers())


def statuses(answers: list[tuple[int, str]]) -> list[int]:
    return [status for status, _page in answers]


def as_owner(name: str) -> psycopg.Connection:
    """A connection to a database as the owner of its tables, in front of whom the second wall does not stand."""
    return psycopg.connect(databases.url(name, owner=True), autocommit=True)


def book(owner: psycopg.Connection, pool: str, amount: int, day: str = "2025-01-01") -> None:
    """An entry of the ledger of the quotas, as the owner: so many places more from a day on, or fewer."""
    with owner.transaction():
        entry = owner.execute(
            "INSERT INTO visas_quotaentry (kind, effective_on, document, source) VALUES (%s, %s, '', '') RETURNING id",
            ["supplement" if amount > 0 else "return", day],
        ).fetchone()[0]
        owner.execute(
            "INSERT INTO visas_quotaline (entry_id, pool_id, amount) VALUES (%s, %s, %s), (%s, NULL, %s)",
            [entry, pool, amount, entry, -amount],
        )


def rule(error: Exception) -> str:
    """The name of the constraint that an error is about."""
    return getattr(getattr(error.__cause__ or error, "diag", None), "constraint_name", None) or ""


@contextmanager
def refused_by(name: str) -> Iterator[None]:
    """The block breaks this constraint, at the latest when its transaction would end. It changes nothing."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
        settle()
    assert rule(caught.value) == name


@contextmanager
def forbidden() -> Iterator[None]:
    """The block is refused for want of a right, by the database itself."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert sqlstate(caught.value) == "42501", caught.value


def settle() -> None:
    """Let the deferred constraints of the transaction speak now."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


def sqlstate(error: Exception) -> str:
    return getattr(error.__cause__ or error, "sqlstate", None) or ""


def run(statement, *values) -> int:
    """Run a statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.rowcount


def ask(statement, *values):
    """The first column of the first row of an answer."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchone()[0]
