"""The list of sessions: one centre's reader against somebody who may read the whole province, at a million rows."""

import os
import re
import statistics
import time
from collections.abc import Iterator

from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from accounts.models import User
from centers.middleware import ScopeMiddleware
from centers.models import Role, Workspace
from centers.scope import Scope
from centers.services.membership import grant_role
from tests import databases
from tests.bench.rows import fill

SESSIONS = int(os.environ.get("BENCH_SESSIONS", "1000000"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "120000"))
FEW = 100
ROUNDS = 40
BAR = 1.3
NAME = "settlement_bench_session_list"
READS = ("view_sessions", "view_clients")


def run() -> list[str]:
    lines = []
    try:
        few = _filled(FEW, 50, _queries)
        lines += _filled(SESSIONS, PEOPLE, lambda: list(_measured(few)))
    finally:
        databases.discard(NAME)
    return lines


def _filled(sessions: int, people: int, measure):
    databases.clone(NAME)
    fill(NAME, sessions=sessions, people=people)
    databases.use(NAME)
    try:
        return measure()
    finally:
        connection.close()


def _measured(few: int) -> Iterator[str]:
    many = _queries()
    yield f"queries at {FEW:,} and at {SESSIONS:,} sessions: {few} and {many}: {'holds' if few == many else 'FAILS'}"
    scoped, whole = _reader(), _province()
    for text, page in (("first page", ""), ("twentieth page", _deep(scoped))):
        took = {name: [] for name in ("scoped", "whole")}
        for _ in range(ROUNDS):  # turn by turn, so that a slow moment meets both
            for name, user in (("scoped", scoped), ("whole", whole)):
                took[name].append(_seconds(user, page))
        ratio = statistics.median(took["scoped"]) / statistics.median(took["whole"])
        verdict = "holds" if ratio <= BAR else "FAILS"
        yield (
            f"{text}: scoped {statistics.median(took['scoped']) * 1000:.1f} ms, whole province "
            f"{statistics.median(took['whole']) * 1000:.1f} ms, ratio {ratio:.2f} (bar {BAR}: {verdict})"
        )


def _reader() -> User:
    user, new = User.objects.get_or_create(username="reader")
    if new:
        center = Workspace.objects.get(code="52110-c1")
        grant_role(user=user, workspace=center, role=Role.COUNSELLOR, actor=None, official=False)
    return User.objects.get(pk=user.pk)


def _province() -> User:
    """Nobody in the product reads the sessions of all centres; the measure does."""
    user = User.objects.create_user("province")
    user._scope = Scope(user.pk, dict.fromkeys(READS, ()), frozenset(READS))
    return user


def _get(user: User, address: str):
    request = RequestFactory().get(address)
    request.user, request.session = user, {}
    request.workspace, request.workspace_code = None, ""
    match = resolve(request.path)
    request.resolver_match = match
    response = ScopeMiddleware(lambda request: match.func(request, *match.args, **match.kwargs))(request)
    assert response.status_code == 200
    return response


def _seconds(user: User, page: str) -> float:
    began = time.perf_counter()
    _get(user, f"/sessions/{page}")
    return time.perf_counter() - began


def _queries() -> int:
    user = _reader()
    with CaptureQueriesContext(connection) as queries:
        _get(user, "/sessions/")
    return len(queries)


def _deep(user: User) -> str:
    """The link that leads twenty pages on."""
    link = ""
    for _ in range(20):
        page = _get(user, f"/sessions/{link}").content.decode()
        link = re.search(r'href="(?:/sessions/)?(\?[^"]*after=[^"]+)"', page).group(1).replace("&amp;", "&")
    return link
