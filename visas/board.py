"""The board: cases that wait for something, by where they stand, with how long and for what."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.models import Client
from centers.listing import CodeField, FilterForm, WorkspaceField
from centers.listing.filters import Codes
from centers.models import Municipality
from visas.access import own_files
from visas.lanes import LANES, TITLES, on_board, with_lane
from visas.models import CaseStep, VisaCase, VisaProgramme
from visas.models.step import ASIDE
from visas.papers import PaperShown, missing_of, papers_of_all
from visas.path import ACTIONS, ENDS, Path, may_take
from visas.stages import INNER

WITH_PAPERS = ("received", "asked", "answered")  # where papers are gathered
MOST_NAMED = 4  # papers that a card names
SHOWN = 10  # cases of a lane, where all lanes are shown
SHOWN_ALONE = 60  # of one that is shown by itself


class BoardFilter(FilterForm):
    permission = "view_visa_cases"

    programme = CodeField(Codes(VisaProgramme), label=gettext_lazy("Visa programme"))
    municipality = CodeField(Codes(Municipality), label=gettext_lazy("Municipality"))
    workspace = WorkspaceField(label=gettext_lazy("Workspace"))
    lane = CodeField(choices=TITLES.items(), label=gettext_lazy("What they wait for"))


@dataclass(frozen=True)
class Waiting:
    """One case on the board: since when it stands there, and what it lacks."""

    case: VisaCase
    client: Client | None
    path: Path
    today: date
    choosable: bool
    papers: list[PaperShown]

    @property
    def since(self) -> date:
        return self.path.last.day

    @property
    def days(self) -> int:
        return (self.today - self.since).days

    @property
    def long(self) -> bool:
        limit = self.case.programme.long_after_days
        return limit is not None and self.days > limit

    @property
    def missing(self) -> str:
        """What is missing, as the completion request says it; else what the case has no place in."""
        if self.path.state in WITH_PAPERS:
            return self._papers_missing()
        if self.path.runs_out:
            day = self.case.letter_valid_until.isoformat()
            return _("The application to the immigration office, by %(day)s.") % {"day": day}
        if self.case.municipality_id is None and not self.path.of_a_university:
            return _("No municipality is entered.")
        return ""

    def _papers_missing(self) -> str:
        """The papers that are missing by their names: those that were asked for, else of those that were looked at."""
        asked = self.path.asked
        missing = missing_of(self.papers) if any(one.row for one in self.papers) else []
        if asked:
            missing = [paper for paper in missing_of(self.papers) if paper.pk in asked.papers]
        told = [paper.text_ko for paper in missing[:MOST_NAMED]] + ([asked.note] if asked and asked.note else [])
        if len(missing) > MOST_NAMED:
            told.append(_("%(number)d more") % {"number": len(missing) - MOST_NAMED})
        if not told and self.case.municipality_id is None and not self.path.of_a_university:
            return _("No municipality is entered.")
        if not self.papers:
            told.append(_("Required papers not entered"))
        return ", ".join(told)

    @property
    def due_on(self) -> date | None:
        """By when the papers are to be handed in."""
        return self.path.asked.due_on if self.path.asked else None

    @property
    def late(self) -> bool:
        return self.due_on is not None and self.due_on < self.today


@dataclass(frozen=True)
class Column:
    """One lane: how many stand in it, those who have waited longest, and the steps that may be taken with them.

    ``alone`` leads to the lane by itself, and ``all_of_it`` to the list of everybody in it.
    """

    code: str
    title: str
    number: int
    waiting: list[Waiting]
    steps: list[tuple[str, str]]
    alone: str
    all_of_it: str

    @property
    def further(self) -> int:
        return self.number - len(self.waiting)


def board_of(viewer: User, form: BoardFilter) -> list[Column]:
    """The columns as the viewer may see them; the same number of queries for ten cases and for ten thousand, and as
    many cards at most.
    """
    rows, lanes = _waiting(viewer, form.chosen), _lanes(form.chosen)
    numbers = dict(rows.values_list("lane").annotate(Count("pk")).order_by())
    shown = SHOWN if len(lanes) > 1 else SHOWN_ALONE
    cases = [case for _title, states in lanes.values() for case in _oldest(rows, states, shown)]
    steps = defaultdict(list)
    for step in CaseStep.objects.visible_to(viewer).filter(case__in=[case.pk for case in cases]).order_by("pk"):
        steps[step.case_id].append(step)
    today, found, files = timezone.localdate(), {}, own_files(cases, viewer)
    papers = papers_of_all([case for case in cases if case.state in WITH_PAPERS], viewer)
    for case in cases:
        path = Path(case, steps[case.pk])  # the lane is the database's, which counts all of them
        choosable = any(path.can(kind) and may_take(viewer, case, kind) for kind in ACTIONS)
        found.setdefault(case.lane, []).append(
            Waiting(case, files.get(case.pk), path, today, choosable, papers.get(case.pk, []))
        )
    return [
        _column(viewer, form, code, sum(numbers.get(state, 0) for state in states), _of(found, states)[:shown])
        for code, (_title, states) in lanes.items()
    ]


def _lanes(chosen: dict) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {chosen["lane"]: LANES[chosen["lane"]]} if "lane" in chosen else LANES


def list_of(form: BoardFilter, lane: str) -> str:
    """The filters by which the list of visa cases has what the board has in a lane, as they stand in an address."""
    return urlencode(form.kept | {"lane": lane, "sort": "waiting"})


def _of(found: dict[str, list[Waiting]], states: tuple[str, ...]) -> list[Waiting]:
    here = [one for state in states for one in found.get(state, ())]
    return sorted(here, key=lambda one: (one.since, one.case.pk))


def _column(viewer: User, form: BoardFilter, code: str, number: int, waiting: list[Waiting]) -> Column:
    kinds = [
        kind for kind in ACTIONS if any(one.path.can(kind) and may_take(viewer, one.case, kind) for one in waiting)
    ]
    kinds.sort(key=lambda kind: (kind in ENDS, kind in ASIDE))
    steps = [(kind, str(ACTIONS[kind])) for kind in kinds]
    alone = "" if "lane" in form.chosen else urlencode(form.kept | {"lane": code})
    return Column(code, str(TITLES[code]), number, waiting, steps, alone, list_of(form, code))


def _waiting(viewer: User, chosen: dict) -> QuerySet[VisaCase]:
    """The cases that wait, each with its state."""
    rows = VisaCase.objects.visible_to(viewer).filter(on_board())
    for name in ("programme", "municipality"):
        if chosen.get(name):
            rows = rows.filter(**{f"{name}_id": chosen[name]})
    if chosen.get("workspace"):
        rows = rows.filter(workspace__code=chosen["workspace"])
    inner = CaseStep.objects.standing().filter(case=OuterRef("pk"), kind__in=INNER).order_by("-pk")
    inner_on = Coalesce(Subquery(inner.values("happened_on")[:1]), "received_on")
    return with_lane(rows.select_related("programme").annotate(inner_on=inner_on))


def _oldest(rows: QuerySet[VisaCase], states: tuple[str, ...], shown: int) -> list[VisaCase]:
    """Those of a column that have waited longest, by the day of the stage they stand in."""
    key = "inner_on" if states[0] in {"received", *INNER} else f"{states[0]}_on"
    return list(rows.filter(lane__in=states).order_by(key, "pk")[:shown])
