"""The way of a visa case: where it stands, what can come next and who may do it (domain report, section 1.6).

Which step follows on which is kept by the database (``wall.step_order``) and read from there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from centers.models import WorkspaceKind
from centers.selectors import scope_of
from visas.models import CaseStep, StepKind, VisaCase
from visas.models.case import ENDS
from visas.stages import CASE_STAGES

# After these the dependants' own status is to be looked at: with the duties fulfilled the principal stays.
ENDS_FOR_DEPENDANTS = tuple(kind for kind in ENDS if kind != "completed")


class Follows(NamedTuple):
    """That a step can be taken where a case stands at one of ``before``, and if a condition of the case holds."""

    step: str
    before: list[str]
    only_if: str


@cache
def step_order() -> tuple[Follows, ...]:
    """Which step follows on which, in the order of the way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT step, before, only_if FROM wall.step_order()")
        return tuple(Follows(*row) for row in cursor.fetchall())


OF_THE_PROVINCE = {"reviewed", "recommended", "renewed"}
OF_A_UNIVERSITY = {
    "answered", "submitted", "granted", "refused", "settled", "left", "withdrawn", "lapsed", "completed", "cancelled",
    "moved", "announced", "notified", "relocated", "extended",
}  # fmt: skip
# What each step does, as its button says it.
ACTIONS = {
    "answered": _("Completed"),
    "checked": _("City check done"),
    "reviewed": _("Review done"),
    "recommended": _("Recommend"),
    "submitted": _("Applied at the immigration office"),
    "granted": _("Permit granted"),
    "settled": _("Residence verified"),
    "asked": _("Request completion"),
    "left": _("Left"),
    "refused": _("Refused"),
    "ineligible": _("Ineligible"),
    "lapsed": _("Lapsed"),
    "withdrawn": _("Withdrawn"),
    "completed": _("Duties fulfilled"),
    "cancelled": _("Permit cancelled"),
    "moved": _("Moved away"),
    "announced": _("Enter the notice"),
    "notified": _("Applicant notified"),
    "renewed": _("Renew the letter"),
    "relocated": _("Moved within the province"),
    "extended": _("Stay extended"),
}
APPLICANT = _("Applicant")
CITY = _("City or county office")
PROVINCE = _("Province office")
UNIVERSITY = _("University")
# What a case waits for, and whose turn it is.
WAITS_FOR = {
    "received": (_("The city's check is awaited."), CITY),
    "asked": (_("The applicant is to complete the papers."), APPLICANT),
    "answered": (_("The city's check is awaited."), CITY),
    "checked": (_("The provincial review is awaited."), PROVINCE),
    "reviewed": (_("The recommendation is awaited."), PROVINCE),
    "recommended": (_("The application to the immigration office is awaited."), APPLICANT),
    "submitted": (_("The decision of the immigration office is awaited: enter it when it is known."), CITY),
    "granted": (_("Settlement is to be verified."), CITY),
    "settled": (_("The duties run: they are checked until their end."), CITY),
    "lapsed": (_("The letter has run out: the province renews it, or the case is over."), PROVINCE),
}
TO_REVIEW = WAITS_FOR["checked"]


@dataclass(frozen=True)
class Done:
    """One thing that was done with a case. ``step`` is its row, none where the day came by a workbook."""

    kind: str
    day: date
    step: CaseStep | None = None

    @property
    def name(self) -> str:
        return StepKind(self.kind).label


class Path:
    """The way that a case has gone so far; ``steps`` are all rows of the case in their order."""

    def __init__(self, case: VisaCase, steps: Iterable[CaseStep]):
        self.case, self.steps = case, list(steps)
        taken_back = {step.undoes_id for step in self.steps if step.undoes_id}
        self.taken_back = taken_back
        self.standing = [step for step in self.steps if not step.takes_back and step.pk not in taken_back]

    @property
    def state(self) -> str:
        return self.case.state

    @cached_property
    def last(self) -> Done:
        rows = [step for step in self.standing if step.kind == self.state]
        step = rows[-1] if rows else None
        day = step.happened_on if step else self.case.received_on  # taken back while it was read
        return Done(self.state, self.case.state_on or day, step)

    @property
    def done(self) -> list[Done]:
        """All that stands, in its order: rows of steps, and days that came without one."""
        kinds = {step.kind for step in self.standing}
        found = [Done(step.kind, step.happened_on, step) for step in self.standing]
        for stage in CASE_STAGES:
            day = getattr(self.case, f"{stage}_on")
            if day and stage not in kinds:
                found.append(Done(stage, day))
        order = list(StepKind.values)
        return sorted(found, key=lambda one: (one.day, one.step.pk if one.step else 0, order.index(one.kind)))

    @property
    def of_a_university(self) -> bool:
        return self.case.programme.workspace_kind == WorkspaceKind.UNIVERSITY

    @cached_property
    def was_checked(self) -> bool:
        return any(step.kind == "checked" for step in self.standing)

    @cached_property
    def open(self) -> list[str]:
        """The steps that follow on where the case stands, in the order of the way (``wall.step_follows``)."""
        holds = {
            "": True, "city": not self.of_a_university, "university": self.of_a_university,
            "was_checked": self.was_checked, "had_an_end": self.case.letter_valid_until is not None,
        }  # fmt: skip
        found = [one.step for one in step_order() if self.state in one.before and holds[one.only_if]]
        return list(dict.fromkeys(found))

    def can(self, kind: str) -> bool:
        return kind in self.open

    def next_for(self, user: User) -> list[str]:
        """The steps that the person may take now, in the order of the way."""
        return [kind for kind in self.open if may_take(user, self.case, kind)]

    @property
    def home(self) -> CaseStep | None:
        """The last move within the province; none where the person lives in the municipality of the letter."""
        moves = [step for step in self.standing if step.kind == StepKind.RELOCATED and step.municipality_id]
        return max(moves, key=lambda step: (step.happened_on, step.pk), default=None)

    @property
    def asked(self) -> CaseStep | None:
        """The completion request that waits for its answer."""
        return self.last.step if self.state == "asked" else None

    @property
    def runs_out(self) -> bool:
        """Whether the letter's end is near, and nobody has put the application on record."""
        until = self.case.letter_valid_until
        if self.state != "recommended" or until is None:
            return False
        return (until - timezone.localdate()).days <= self.case.programme.letter_reminder_days

    @property
    def waits_for(self) -> tuple[str, str]:
        """What comes next and whose turn it is; two empty texts where the case has ended or settled."""
        if self.state in {"received", "answered"} and self.can("reviewed"):
            return TO_REVIEW
        told, who = WAITS_FOR.get(self.state, ("", ""))
        return told, (UNIVERSITY if who == CITY and self.of_a_university else who)

    def may_take_back(self, user: User) -> bool:
        return self.state != "received" and may_take(user, self.case, self.state)


def path_of(case: VisaCase, user: User) -> Path:
    """The way of a case as its reader may see it, which is the whole of it."""
    rows = CaseStep.objects.visible_to(user).filter(case=case).select_related("actor", "at").order_by("pk")
    return Path(case, rows)


def may_take(user: User, case: VisaCase, kind: str) -> bool:
    """Who may do what (design, section 4; the policies of ``visas_casestep`` hold the same).

    The province takes every step; the office of the city those of its cases but review and recommendation; whoever
    took the case in answers a completion request; a university says how the cases of its students go on.
    """
    scope = scope_of(user)
    if "review_visa_cases" in scope.everywhere:
        return True
    if kind in OF_THE_PROVINCE:
        return False
    if case.workspace_id in scope.of("review_visa_cases"):
        return True
    works = set(scope.of("work_visa_cases"))
    if kind == "answered" and works & {case.workspace_id, *case.shared_with}:
        return True
    keeps = case.workspace_id in works and case.workspace.kind == WorkspaceKind.UNIVERSITY
    return kind in OF_A_UNIVERSITY and keeps


def may_find(user: User, case: VisaCase) -> bool:
    """Whether the person puts on record what was found of the applicant: the office, the university, the province."""
    scope = scope_of(user)
    here = {*scope.of("work_visa_cases"), *scope.of("review_visa_cases")}
    return "review_visa_cases" in scope.everywhere or case.workspace_id in here
