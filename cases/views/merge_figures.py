"""Which figures the merge of two files changes: those that count each person once.

Sessions, visits and nights stay as many. What lies in other workspaces is not told here: it would say that the person
is known there.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Client, Session, SessionClient
from kpi.models import CountingRule, PublishedFigure
from kpi.published import compared
from visas.models import VisaCase

RECRUITED = "recommended-persons"  # the rule of the indicator that counts persons


@dataclass(frozen=True)
class Change:
    """A figure of a year that counts both as two. ``told`` are the published ones of the year that mean the same."""

    path: str
    name: str
    year: int
    before: int
    after: int
    told: list[PublishedFigure]


def changes_of(first: Client, second: Client, viewer: User) -> list[Change]:
    """The figures of their workspace that a merge changes, as far as the viewer may read what they count."""
    if first.person_id == second.person_id:
        return []
    found, names = [], compared()
    for path, read in FIGURES.items():
        for year, persons in sorted(_by_year(read(first, viewer)).items()):
            if {first.person_id, second.person_id} <= persons:
                found.append(Change(path, names[path], year, len(persons), len(persons) - 1, _told(path, year)))
    return found


def persons_of(change: Change, kept: Client, viewer: User) -> int:
    """The same figure, counted again."""
    return len(_by_year(FIGURES[change.path](kept, viewer)).get(change.year, ()))


def sessions_together(first: Client, second: Client, viewer: User) -> int:
    """In how many sessions both were counselled: a merge leaves the number of clients of each as it is."""
    others = SessionClient.objects.visible_to(viewer)
    with_first, with_second = others.filter(client=first), others.filter(client=second)
    heads = with_first.filter(session__client=second.pk).count() + with_second.filter(session__client=first.pk).count()
    return heads + with_first.filter(session__in=with_second.values("session")).count()


def _by_year(rows: list[tuple[int, int]]) -> dict[int, set[int]]:
    found = defaultdict(set)
    for year, person in rows:
        found[year].add(person)
    return found


def _counselled(client: Client, viewer: User) -> list[tuple[int, int]]:
    """Year and person of each session in the workspace: the client, and who was counselled with them."""
    sessions = Session.objects.visible_to(viewer).filter(workspace=client.workspace_id, voided_at=None)
    others = SessionClient.objects.visible_to(viewer).filter(workspace=client.workspace_id, session__voided_at=None)
    return [*_years(sessions.exclude(person=None), "held_on"), *_years(others, "held_on")]


def _recruited(client: Client, viewer: User) -> list[tuple[int, int]]:
    """The same of the cases of the workspace that the indicator counts."""
    rule = CountingRule.objects.filter(code=RECRUITED).first()
    cases = VisaCase.objects.visible_to(viewer).filter(workspace=client.workspace_id, recommended_on__isnull=False)
    return _years(cases.filter(programme__in=rule.parameters["programmes"] if rule else []), "recommended_on")


def _years(rows: QuerySet, day: str) -> list[tuple[int, int]]:
    return list(rows.order_by().values_list(f"{day}__year", "person").distinct())


def _told(path: str, year: int) -> list[PublishedFigure]:
    rows = PublishedFigure.objects.filter(year=year, corrected_by=None)
    return [row for row in rows if path in row.paths]


# By the measure (``kpi.models.Measure``) that a published figure is compared with.
FIGURES: dict[str, Callable[[Client, User], list[tuple[int, int]]]] = {
    "counselling/unique_persons": _counselled,
    "indicators/visa-recruitment/actual": _recruited,
}


def counted_again(changes: list[Change], kept: Client, viewer: User) -> list[str]:
    """The figures after a merge, in words, as they are now."""
    return [
        _("%(figure)s, %(year)s: %(persons)s.")
        % {"figure": change.name, "year": change.year, "persons": persons_of(change, kept, viewer)}
        for change in changes
    ]
