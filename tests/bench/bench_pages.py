"""Start pages, the pages of daily work, two lists and the widest pages of the province against an authenticated page
that reads nothing.

They are asked for over HTTP, of gunicorn with one web process and one thread. Each page in turn with the empty
one, so that a slow moment of the machine meets both; beside the ratio of the two times stands that of the processor's
time in the web process and the servers of its database connections, which other work on the machine hardly touches.
"""

import http.client
import os
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from centers.models import Role, Workspace
from centers.scope import WHOLE_PROVINCE, acting_for
from centers.services.membership import grant_role
from kpi.services.summary import drain
from tests import databases
from tests.bench import rows
from tests.e2e.site import served
from tests.weight import packed_with

SESSIONS = int(os.environ.get("BENCH_SESSIONS", "1000000"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "120000"))
FEW = 3_000  # enough that no part of a page is empty, and every list has a second page
FEW_PEOPLE = 1_500
TRIED = 30  # sessions and their clients: a page asks more of what lacks something, or hangs together with more
YEAR = timedelta(days=364)
REMINDERS = 40  # of each kind, of the busy counsellor
ROUNDS = 30
WARM = 12  # until the plans are kept
BAR = 2.0
WEIGHT = 150 * 1024  # bytes over the wire, with style and script
NAME = "settlement_bench_pages"
NOTHING = "account_logout"
ROLES = {
    "counsellor": (Role.COUNSELLOR, "52110-c1"),
    "manager": (Role.MANAGER, "52110-c1"),
    "city": (Role.CITY_OFFICER, "52140-office"),
    "shelter": (Role.SHELTER_OPERATOR, "52110-s1"),
    "university": (Role.UNIVERSITY_COORDINATOR, "jbnu"),
    "province": (Role.PROVINCE_STAFF, "52-office"),
    "privacy officer": (Role.PRIVACY_OFFICER, "52-office"),
    "administrator": (Role.SYSTEM_ADMIN, "52-office"),
}
# A counsellor's own: sessions with a day to follow up, the soonest overdue, and statuses that run out.
BUSY = """
    WITH mine AS (
        SELECT id, client_id, row_number() OVER (ORDER BY held_on DESC, id DESC) AS number
          FROM cases_session
         WHERE workspace_id = (SELECT id FROM centers_workspace WHERE code = '52110-c1')
           AND client_id IS NOT NULL AND voided_at IS NULL
         ORDER BY held_on DESC, id DESC LIMIT %(reminders)s
    ), ending AS (
        UPDATE cases_client SET status_expires_on = %(today)s::date + mine.number::int
          FROM mine WHERE cases_client.id = mine.client_id
    )
    UPDATE cases_session SET counsellor_id = %(user)s, follow_up_on = %(today)s::date + mine.number::int - 20
      FROM mine WHERE cases_session.id = mine.id
"""


def run() -> list[str]:
    try:
        few = _filled(FEW, FEW_PEOPLE, lambda: {name: _queries(*page) for name, page in _pages().items()})
        return _filled(SESSIONS, PEOPLE, lambda: list(_measured(few)))
    finally:
        databases.discard(NAME)


def _filled(sessions: int, people: int, measure):
    """The rows lie in the year up to today, so that there is a today and a month."""
    databases.clone(NAME)
    today = timezone.localdate()
    rows.fill(NAME, sessions=sessions, people=people, first=today - YEAR, last=today)
    databases.use(NAME)
    try:
        with acting_for(WHOLE_PROVINCE, reason="bench"):
            drain(wait=True)
        return measure()
    finally:
        connection.close()


def _pages() -> dict[str, tuple[Browser, str]]:
    """Whoever looks, and at what: each start page, and of a counsellor what the day's work opens; of sessions and
    clients those whose page asks most.
    """
    people = {name: _signed_in(*role) for name, role in ROLES.items()}
    counsellor = people["counsellor"]
    people["busy counsellor"] = _busy()
    with acting_for(WHOLE_PROVINCE, reason="bench"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, client_id FROM cases_session WHERE client_id IS NOT NULL AND workspace_id ="
            f" (SELECT id FROM centers_workspace WHERE code = '52110-c1') ORDER BY id LIMIT {TRIED}"
        )
        tried, clients = zip(*cursor.fetchall(), strict=True)
    session, client = (
        max((reverse(f"cases:{name}", args=[pk]) for pk in keys), key=lambda page: _queries(counsellor, page))
        for name, keys in (("session", tried), ("client", set(clients)))
    )
    return {f"start page, {name}": (browser, reverse("home")) for name, browser in people.items()} | {
        "client": (counsellor, client),
        "session": (counsellor, session),
        "logging a session": (counsellor, reverse("cases:session_new")),
        "sessions": (counsellor, reverse("cases:sessions")),
        "clients": (counsellor, reverse("cases:clients")),
        "sheet of the year": (people["province"], reverse("kpi:sheet")),
        "counselling of the year": (people["province"], reverse("kpi:counselling", args=[timezone.localdate().year])),
        "visa board": (people["province"], reverse("visas:board")),
    }


def _busy() -> Browser:
    browser = _signed_in(Role.COUNSELLOR, "52110-c1", name="busy")
    with psycopg.connect(databases.url(NAME, owner=True)) as owner:
        told = {
            "user": User.objects.get(username="busy").pk,
            "today": timezone.localdate(),
            "reminders": REMINDERS,
        }
        owner.execute(BUSY, told)
    with acting_for(WHOLE_PROVINCE, reason="bench"):
        drain(wait=True)
    return browser


def _signed_in(role: Role, at: str, name: str = "") -> Browser:
    user = User.objects.create_user(name or f"bench-{role}")
    grant_role(user=user, workspace=Workspace.objects.get(code=at), role=role, actor=None, official=False)
    browser = Browser(SERVER_NAME="localhost")
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def _measured(few: dict[str, int]) -> Iterator[str]:
    static = _static()
    pages = _pages()
    with served(NAME, threads=1) as (address, gunicorn):
        site = Site(address, gunicorn.pid)
        for name, (browser, page) in pages.items():
            many = _queries(browser, page)
            (read, busy, asked), (empty, idle, little) = site.side_by_side(browser, page, reverse(NOTHING))
            ratio = (busy + asked) / (idle + little)
            html = site.get(browser, page)
            wire = len(html) + static  # pages are not packed: they carry secrets beside what visitors type
            yield (
                f"{name}: processor {busy:.1f} and {asked:.1f} ms, nothing {idle:.1f} and {little:.1f} ms, "
                f"ratio {ratio:.2f} (bar {BAR}: {_verdict(ratio <= BAR)}), "
                f"by the clock {read:.1f} and {empty:.1f} ms {read / empty:.2f}; "
                f"queries at {FEW:,} and at {SESSIONS:,} sessions {few[name]} and {many}: "
                f"{_verdict(many <= few[name])}; "
                f"{len(html) / 1024:.0f} kB of HTML, {wire / 1024:.0f} kB with packed style and script: "
                f"{_verdict(wire <= WEIGHT)}"
            )


class Site:
    """gunicorn as a browser asks it, on one connection that stays open; and what its processes have used (Linux)."""

    def __init__(self, address: str, gunicorn: int):
        self._connection = http.client.HTTPConnection(address.removeprefix("http://"))
        self._gunicorn = gunicorn

    def get(self, browser: Browser, address: str) -> bytes:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
        self._connection.request("GET", address, headers={"Cookie": cookies, "Accept-Language": "ko"})
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, address
        return body

    def side_by_side(self, browser: Browser, *addresses: str) -> list[tuple[float, float, float]]:
        """Of each page the median of its time, of the processor's in the web process and of that in the database's,
        in milliseconds; one after the other, in turn.
        """
        for _warm in range(WARM):
            for address in addresses:
                self.get(browser, address)
        web, database = self._web(), self._database()
        took = {address: [] for address in addresses}
        for _round in range(ROUNDS):
            for address, times in took.items():
                began = _clocks(web, database)
                self.get(browser, address)
                times.append([after - before for before, after in zip(began, _clocks(web, database), strict=True)])
        return [tuple(statistics.median(part) * 1000 for part in zip(*times, strict=True)) for times in took.values()]

    def _web(self) -> list[Path]:
        """The threads of the one web process."""
        (worker,) = Path(f"/proc/{self._gunicorn}/task/{self._gunicorn}/children").read_text().split()
        return sorted(Path(f"/proc/{worker}/task").iterdir())

    def _database(self) -> list[Path]:
        """The servers of all connections to the database."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state IS NOT NULL")
            return [Path(f"/proc/{pid}") for (pid,) in cursor.fetchall()]


def _clocks(*processes: list[Path]) -> list[float]:
    """Seconds by the clock, and of the processor in each group of processes."""
    used = [sum(int((path / "schedstat").read_text().split()[0]) for path in group) / 1e9 for group in processes]
    return [time.perf_counter(), *used]


def _verdict(holds: bool) -> str:
    return "holds" if holds else "FAILS"


def _get(browser: Browser, address: str):
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer


def _queries(browser: Browser, address: str) -> int:
    _get(browser, address)  # what a process reads once, and what the day keeps
    with CaptureQueriesContext(connection) as queries:
        _get(browser, address)
    return len(queries)


def _static() -> int:
    """What a page brings along beside itself: style and script, packed."""
    page = _get(_signed_in(Role.PRIVACY_OFFICER, "52-office", name="linked"), reverse("home")).content.decode()
    return packed_with(page)
