"""Which papers a case needs, what became of each, and which it lacks."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from visas.models import CasePaper, PaperState, RequiredPaper, VisaCase, VisaProgramme
from visas.stages import INNER, in_state

BADGES = {PaperState.MISSING: "wait", PaperState.RECEIVED: "good"}


@dataclass(frozen=True)
class PaperShown:
    """A paper that a case needs, and the last row of it, none where nobody has entered anything."""

    paper: RequiredPaper
    row: CasePaper | None = None

    @property
    def state(self) -> PaperState:
        return PaperState(self.row.state) if self.row else PaperState.MISSING

    @property
    def badge(self) -> str:
        return BADGES.get(self.state, "")

    @property
    def is_missing(self) -> bool:
        return self.state == PaperState.MISSING


def papers_of(case: VisaCase, viewer: User) -> list[PaperShown]:
    """The papers asked for on the day of reception, and those that were entered all the same."""
    return papers_of_all([case], viewer)[case.pk]


def papers_of_all(cases: Iterable[VisaCase], viewer: User) -> dict[int, list[PaperShown]]:
    """The same for many cases, by their ids."""
    cases = list(cases)
    asked = defaultdict(list)
    for paper in RequiredPaper.objects.standing().filter(programme__in={case.programme_id for case in cases}):
        asked[paper.programme_id].append(paper)
    rows = CasePaper.objects.visible_to(viewer).filter(case__in=[case.pk for case in cases])
    last: dict[tuple[int, int], CasePaper] = {
        (row.case_id, row.paper_id): row for row in rows.select_related("actor", "proof").order_by("pk")
    }
    return {case.pk: _shown(case, asked[case.programme_id], last) for case in cases}


def _shown(case: VisaCase, asked: list[RequiredPaper], last: dict[tuple[int, int], CasePaper]) -> list[PaperShown]:
    found = [PaperShown(paper, last.get((case.pk, paper.pk))) for paper in asked]
    return [one for one in found if one.row or one.paper.holds_on(case.received_on)]


def unlisted() -> set[str]:
    """The codes of the programmes for which no list of papers stands today: nothing is known to be complete there."""
    listed = RequiredPaper.objects.holding(timezone.localdate()).values("programme")
    return set(VisaProgramme.objects.exclude(pk__in=listed).values_list("pk", flat=True))


def missing_of(shown: Iterable[PaperShown]) -> list[RequiredPaper]:
    return [one.paper for one in shown if one.is_missing]


@dataclass(frozen=True)
class Turned:
    """A paper that an open case needs or needs no more after a change; ``rule`` is the paper."""

    case: VisaCase
    rule: RequiredPaper
    what: str
    before: date | None = None
    after: date | None = None


def preview(change: Callable[[], object], *, viewer: User, programme: str) -> list[Turned]:
    """Which papers a change would ask of which open cases that the viewer reads. Nothing of the change stays."""
    waiting = in_state("received")
    for state in INNER:
        waiting |= in_state(state)
    rows = VisaCase.objects.visible_to(viewer).filter(waiting, programme=programme)
    cases = list(rows.select_related("municipality", "workspace").order_by("received_on", "pk"))
    before = _asked(programme)
    with transaction.atomic():
        change()
        after = _asked(programme)
        transaction.set_rollback(True)
    return [turned for case in cases for turned in _turned(case, before, after)]


def _asked(programme: str) -> list[RequiredPaper]:
    return list(RequiredPaper.objects.standing().filter(programme=programme))


def _turned(case: VisaCase, before: list[RequiredPaper], after: list[RequiredPaper]) -> list[Turned]:
    then, now = (
        {paper.text_ko: paper for paper in papers if paper.holds_on(case.received_on)} for papers in (before, after)
    )
    added = [Turned(case, now[text], "added") for text in now if text not in then]
    return added + [Turned(case, then[text], "ended") for text in then if text not in now]
