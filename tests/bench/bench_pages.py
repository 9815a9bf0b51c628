"""Start pages, a client's page and two lists against an authenticated page that reads nothing, at a million rows."""

import gzip
import os
import re
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
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

SESSIONS = int(os.environ.get("BENCH_SESSIONS", "1000000"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "120000"))
FEW = 100
ROUNDS = 30
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
}


def run() -> list[str]:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    try:
        few = _filled(FEW, 50, 1, lambda: {name: _queries(*page) for name, page in _pages().items()})
        return _filled(SESSIONS, PEOPLE, 365, lambda: list(_measured(few)))
    finally:
        databases.discard(NAME)


def _filled(sessions: int, people: int, days: int, measure):
    """The rows lie in the days up to today, so that there is a today and a month."""
    databases.clone(NAME)
    rows.DAYS, rows.FIRST = days, timezone.localdate() - timedelta(days=days - 1)
    rows.fill(NAME, sessions=sessions, people=people)
    databases.use(NAME)
    try:
        with acting_for(WHOLE_PROVINCE, reason="bench"):
            drain(wait=True)
        return measure()
    finally:
        connection.close()


def _pages() -> dict[str, tuple[Browser, str]]:
    """Whoever looks, and at what: each start page, and of a counsellor a client and two lists."""
    people = {name: _signed_in(*role) for name, role in ROLES.items()}
    counsellor = people["counsellor"]
    with acting_for(WHOLE_PROVINCE, reason="bench"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT client_id FROM cases_session WHERE client_id IS NOT NULL AND workspace_id ="
            " (SELECT id FROM centers_workspace WHERE code = '52110-c1') ORDER BY id LIMIT 1"
        )
        person = cursor.fetchone()[0]
    return {f"start page, {name}": (browser, reverse("home")) for name, browser in people.items()} | {
        "client": (counsellor, reverse("cases:client", args=[person])),
        "sessions": (counsellor, reverse("cases:sessions")),
        "clients": (counsellor, reverse("cases:clients")),
    }


def _signed_in(role: Role, at: str) -> Browser:
    user = User.objects.create_user(f"bench-{role}")
    grant_role(user=user, workspace=Workspace.objects.get(code=at), role=role, actor=None, official=False)
    browser = Browser(SERVER_NAME="localhost")
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def _measured(few: dict[str, int]) -> Iterator[str]:
    static = _static()
    for name, (browser, page) in _pages().items():
        many = _queries(browser, page)
        took = {address: [] for address in (page, reverse(NOTHING))}
        for _round in range(ROUNDS):  # turn by turn, so that a slow moment meets both
            for address, times in took.items():
                began = time.perf_counter()
                _get(browser, address)
                times.append(time.perf_counter() - began)
        read, empty = (statistics.median(times) * 1000 for times in took.values())
        html = _get(browser, page).content
        wire = len(gzip.compress(html)) + static
        yield (
            f"{name}: {read:.1f} ms, nothing {empty:.1f} ms, ratio {read / empty:.2f} "
            f"(bar {BAR}: {_verdict(read / empty <= BAR)}); "
            f"queries at {FEW:,} and at {SESSIONS:,} sessions {few[name]} and {many}: {_verdict(few[name] == many)}; "
            f"{len(html) / 1024:.0f} kB of HTML, {wire / 1024:.0f} kB with style and script packed: "
            f"{_verdict(wire <= WEIGHT)}"
        )


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
    page = _get(_signed_in(Role.PRIVACY_OFFICER, "52-office"), reverse("home")).content.decode()
    found = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page)
    return sum(len(gzip.compress(_file(name).read_bytes())) for name in found)


def _file(name: str) -> Path:
    from django.contrib.staticfiles.finders import find

    return Path(find(name))
