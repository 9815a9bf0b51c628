"""The way of a visa case: where it stands, what can come next and who may do it (domain report, section 1.6).

The database holds the same order (``visas/migrations/0009_case_steps.py``); this says it early and in words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from centers.models import WorkspaceKind
from centers.selectors import scope_of
from visas.models import CaseStep, StepKind, VisaCase
from visas.stages import CASE_STAGES

INNER = ("asked", "answered", "checked", "reviewed")  # steps of a case that is received and not yet recommended
ENDS = ("refused", "ineligible", "withdrawn", "lapsed", "left")
# A step, and those that it may follow.
FOLLOWS: dict[str, tuple[str, ...]] = {
    "answered": ("asked",),
    "checked": ("received", "answered"),
    "reviewed": ("checked",),
    "recommended": ("reviewed",),
    "submitted": ("recommended",),
    "granted": ("recommended", "submitted"),
    "settled": ("granted",),
    "asked": ("received", "answered", "checked"),
    "left": ("granted", "settled"),
    "refused": ("recommended", "submitted"),
    "ineligible": ("received", "asked", "answered", "checked", "reviewed"),
    "lapsed": ("recommended",),
    "withdrawn": ("received", "asked", "answered", "checked", "reviewed", "recommended", "submitted"),
}
OF_THE_PROVINCE = {"reviewed", "recommended"}
OF_A_UNIVERSITY = {"answered", "submitted", "granted", "refused", "settled", "left", "withdrawn", "lapsed"}
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

    @cached_property
    def state(self) -> str:
        """Where the case stands, as ``wall.case_state`` says it."""
        for stage in reversed(CASE_STAGES):
            if stage != "received" and getattr(self.case, f"{stage}_on"):
                return stage
        inner = [step.kind for step in self.standing if step.kind in INNER]
        return inner[-1] if inner else "received"

    @cached_property
    def last(self) -> Done:
        rows = [step for step in self.standing if step.kind == self.state]
        if self.state in INNER:
            return Done(self.state, rows[-1].happened_on, rows[-1])
        return Done(self.state, getattr(self.case, f"{self.state}_on"), rows[-1] if rows else None)

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

    @property
    def was_checked(self) -> bool:
        return any(step.kind == "checked" for step in self.standing)

    def can(self, kind: str) -> bool:
        """Whether the step follows on where the case stands (``wall.step_follows``)."""
        if kind == "reviewed" and self.state in {"received", "answered"}:
            return self.of_a_university or (self.state == "answered" and self.was_checked)
        if kind == "checked" and self.of_a_university:
            return False
        return self.state in FOLLOWS.get(kind, ())

    def next_for(self, user: User) -> list[str]:
        """The steps that the person may take now, in the order of the way."""
        return [kind for kind in FOLLOWS if self.can(kind) and may_take(user, self.case, kind)]

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
