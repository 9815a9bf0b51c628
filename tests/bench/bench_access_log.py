"""What the access log costs: pages with it and without it, turn by turn in one run, and what a row of it weighs."""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from unittest.mock import patch

from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from audit.access import Shown
from cases.models import Client
from centers import middleware
from centers.models import Role, Workspace
from centers.scope import WHOLE_PROVINCE, Scope, acting_for, set_scope
from centers.services.membership import grant_role
from tests import databases
from tests.bench.rows import fill
from tests.support import as_owner

SESSIONS = int(os.environ.get("BENCH_SESSIONS", "100000"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "12000"))
ENTRIES = int(os.environ.get("BENCH_ENTRIES", "1000000"))
ROUNDS = 60
BAR = 1.10
NAME = "settlement_bench_access_log"


def run() -> Iterator[str]:
    databases.clone(NAME)
    try:
        fill(NAME, sessions=SESSIONS, people=PEOPLE)
        databases.use(NAME)
        yield from _pages(f"log of no rows, {SESSIONS:,} sessions")
        yield from _grow()
        yield from _pages(f"log of {ENTRIES:,} rows")
        yield _looked_at()
        yield _written()
    finally:
        connection.close()
        databases.discard(NAME)


@contextmanager
def _no_log():
    """The same pages as if there were no log: nothing is gathered and nothing written."""
    with (
        patch.object(middleware, "gathering", lambda: nullcontext(Shown())),
        patch.object(middleware, "note", lambda *args, **kwargs: None),
    ):
        yield


def _pages(text: str) -> Iterator[str]:
    browser = _reader()
    with acting_for(WHOLE_PROVINCE, reason="bench"):
        client = Client.objects.filter(workspace__code="52110-c1", sessions__isnull=False).first()
    for name, address in (
        ("client page", reverse("cases:client", args=[client.pk])), ("session list", reverse("cases:sessions")),
    ):  # fmt: skip
        took = {"with": [], "without": []}
        for number in range(ROUNDS + 5):
            for kind in ("with", "without") if number % 2 else ("without", "with"):
                with nullcontext() if kind == "with" else _no_log():
                    seconds = _seconds(browser, address)
                if number >= 5:
                    took[kind].append(seconds)
        medians = {kind: statistics.median(found) for kind, found in took.items()}
        ratio = medians["with"] / medians["without"]
        yield (
            f"{text}: {name}: with {medians['with'] * 1000:.2f} ms, without {medians['without'] * 1000:.2f} ms, "
            f"ratio {ratio:.3f} (bar {BAR}: {'holds' if ratio <= BAR else 'FAILS'})"
        )


def _reader() -> Browser:
    user, new = User.objects.get_or_create(username="reader")
    if new:
        center = Workspace.objects.get(code="52110-c1")
        grant_role(user=user, workspace=center, role=Role.COUNSELLOR, actor=None, official=False)
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    browser = Browser()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def _seconds(browser: Browser, address: str) -> float:
    began = time.perf_counter()
    assert browser.get(address).status_code == 200
    return time.perf_counter() - began


def _grow() -> Iterator[str]:
    """A year of the log: most rows show one file, a third a page of fifty."""
    began = time.perf_counter()
    with as_owner(NAME) as owner:
        owner.execute(
            "INSERT INTO audit_accessentry (at, user_id, route, method, status, address, files, workspaces, purpose)"
            " SELECT now() - n * interval '30 seconds', (SELECT min(id) FROM accounts_user), 'cases:client', 'GET',"
            " 200, '192.0.2.1', f.files, ARRAY[1], '' FROM generate_series(1, %(entries)s) n, LATERAL ("
            "  SELECT array_agg(1 + (n * 7919::bigint + k * 104729) %% %(people)s) AS files"
            "  FROM generate_series(1, CASE n %% 3 WHEN 0 THEN 50 ELSE 1 END) k) f",
            {"entries": ENTRIES, "people": PEOPLE},
        )
        seconds = time.perf_counter() - began
        owner.execute("VACUUM (ANALYZE) audit_accessentry")
        sizes = owner.execute(
            "SELECT pg_relation_size('audit_accessentry'), pg_relation_size('access_by_file')"
        ).fetchone()
    yield (
        f"{ENTRIES:,} rows written in {seconds:.0f} s; {sizes[0] / ENTRIES:.0f} bytes a row in the table, "
        f"{sizes[1] / ENTRIES:.0f} in the index on files"
    )


def _looked_at() -> str:
    with acting_for(WHOLE_PROVINCE, reason="bench"), connection.cursor() as cursor:
        set_scope(Scope(None, everywhere=frozenset({"view_access_log"})))
        began = time.perf_counter()
        cursor.execute("SELECT count(*) FROM wall.accesses_of(5)")
        found = cursor.fetchone()[0]
    return f"who looked at one person: {found:,} rows in {(time.perf_counter() - began) * 1000:.1f} ms"


def _written() -> str:
    """One row of fifty files, with the index on files and without it."""
    insert = (
        "INSERT INTO audit_accessentry (user_id, route, method, status, files, workspaces, purpose) VALUES"
        " ((SELECT min(id) FROM accounts_user), 'x', 'GET', 200,"
        " (SELECT array_agg(1 + (random() * %s)::int) FROM generate_series(1, 50)), ARRAY[1], '')"
    )
    took = {}
    with as_owner(NAME) as owner:
        for kind in ("with", "without"):
            if kind == "without":
                owner.execute("DROP INDEX access_by_file")
            began = time.perf_counter()
            for _ in range(2000):
                owner.execute(insert, [PEOPLE - 1])
            took[kind] = (time.perf_counter() - began) / 2000 * 1000
    return f"a row of fifty files: {took['with']:.3f} ms with the index on files, {took['without']:.3f} ms without"
