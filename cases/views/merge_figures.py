"""Which figures the merge of two files changes: those that count each person once.

Sessions, visits and nights stay as many. What lies in other workspaces is not told here: it would say that the person
is known there.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Client, SessionClient
from kpi.evidence import Figure
from kpi.models import PublishedFigure
from kpi.persons import counting_both, persons_in
from kpi.rows import title_of


@dataclass(frozen=True)
class Change:
    """A figure of a year that counts both as two. ``told`` are the published ones of the year that mean the same."""

    figure: Figure
    name: str
    before: int
    told: list[PublishedFigure]

    @property
    def year(self) -> int:
        return self.figure.year

    @property
    def after(self) -> int:
        return self.before - 1


def changes_of(first: Client, second: Client) -> list[Change]:
    """The figures of their workspace that a merge changes, as far as the running scope reads what they count."""
    if first.person_id == second.person_id:
        return []
    place = first.workspace_id
    return [
        Change(figure, title_of(figure), persons_in(figure, place), _told(path, figure.year))
        for figure, path in counting_both(place, first.person_id, second.person_id)
    ]


def sessions_together(first: Client, second: Client, viewer: User) -> int:
    """In how many sessions both were counselled: a merge leaves the number of clients of each as it is."""
    others = SessionClient.objects.visible_to(viewer)
    with_first, with_second = others.filter(client=first), others.filter(client=second)
    heads = with_first.filter(session__client=second.pk).count() + with_second.filter(session__client=first.pk).count()
    return heads + with_first.filter(session__in=with_second.values("session")).count()


def _told(path: str, year: int) -> list[PublishedFigure]:
    rows = PublishedFigure.objects.filter(year=year, corrected_by=None) if path else []
    return [row for row in rows if path in row.paths]


def counted_again(changes: list[Change], kept: Client) -> list[str]:
    """The figures after a merge or its undoing, in words, as they are now."""
    return [
        _("%(figure)s, %(year)s: %(persons)s.")
        % {"figure": change.name, "year": change.year, "persons": persons_in(change.figure, kept.workspace_id)}
        for change in changes
    ]
