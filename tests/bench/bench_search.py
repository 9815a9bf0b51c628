"""The search for a client by name at 120,000 people against a client's page, and what it finds in other scripts."""

import os
import random
import statistics
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from cases.models import Client, ClientName
from centers.models import Role, Workspace, WorkspaceKind
from centers.scope import WHOLE_PROVINCE, acting_for
from centers.services.membership import grant_role
from tests import databases
from tests.bench import rows
from tests.data import recall

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "120000"))
SESSIONS = 1000
ROUNDS = 200
BAR = 2.0
NAME = "settlement_bench_search"
READERS = {
    "one centre": (Role.COUNSELLOR, ("52110-c1",)),
    "all centres": (Role.COUNSELLOR, None),
}


def run() -> list[str]:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    databases.clone(NAME)
    try:
        rows.fill(NAME, sessions=SESSIONS, people=PEOPLE)
        databases.use(NAME)
        with acting_for(WHOLE_PROVINCE, reason="bench"):
            recall.keep(Workspace.objects.get(code="52110-c1"), _person)
        _analyze()
        return [*_times(), *_recalls()]
    finally:
        connection.close()
        databases.discard(NAME)


def _person() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM wall.persons_for(ARRAY[NULL]::bytea[])")
        return cursor.fetchone()[0]


def _analyze() -> None:
    import psycopg

    with psycopg.connect(databases.url(NAME, owner=True), autocommit=True) as owner:
        owner.execute("ANALYZE cases_clientname")


def _reader(name: str) -> User:
    role, codes = READERS[name]
    user = User.objects.create_user(f"bench-{name.replace(' ', '-')}")
    for place in (
        Workspace.objects.filter(code__in=codes) if codes else Workspace.objects.filter(kind=WorkspaceKind.CENTER)
    ):
        grant_role(user=user, workspace=place, role=role, actor=None, official=False)
    return user


def _times() -> Iterator[str]:
    for name in READERS:
        user = _reader(name)
        browser = Browser(SERVER_NAME="localhost")
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        with acting_for(WHOLE_PROVINCE, reason="bench"):
            one = Client.objects.visible_to(user).order_by("pk")[0]
            texts = list(ClientName.objects.visible_to(user).order_by("pk").values_list("text", flat=True)[:20_000])
        texts = random.Random(1).sample(texts, ROUNDS // 2) + _typed(ROUNDS // 2)
        pages = [_took(lambda: browser.get(reverse("cases:client", args=[one.pk]))) for _round in range(40)]  # noqa: B023
        searches = [_took(lambda: browser.post(reverse("cases:search"), {"q": text})) for text in texts]  # noqa: B023
        page, mean = statistics.median(pages), statistics.median(searches)
        slow = statistics.quantiles(searches, n=20)[-1]
        yield (
            f"{name}: search median {mean * 1000:.0f} ms, p95 {slow * 1000:.0f} ms; a client's page"
            f" {page * 1000:.0f} ms, ratio of p95 {slow / page:.2f}"
            f" (bar {BAR}: {'holds' if slow / page <= BAR else 'FAILS'})"
        )


def _typed(count: int) -> list[str]:
    everything = [typed for pair in recall.PAIRS for _kept, typed in recall.rows(pair)]
    return random.Random(2).sample(everything, count)


def _took(call) -> float:
    began = time.perf_counter()
    answer = call()
    assert answer.status_code == 200, answer.status_code
    return time.perf_counter() - began


def _recalls() -> Iterator[str]:
    user = User.objects.get(username="bench-one-centre")
    with acting_for(WHOLE_PROVINCE, reason="bench"):
        for pair in recall.PAIRS:
            found = recall.measure(user, pair)
            yield f"{pair}: recall@{recall.FIRST} {found.recall:.2f}, {found.length:.1f} hits on average"
