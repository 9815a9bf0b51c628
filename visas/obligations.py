"""Which duties a permit brings, until when, and on which days they are checked."""

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.listings.people import with_client
from cases.models import FamilyLink
from centers.models import Municipality
from centers.models.codes import kept_rows
from centers.models.municipality import Decline
from visas.decisions import class_on
from visas.models import (
    BroughtBy,
    CaseStep,
    CheckResult,
    Closing,
    Duty,
    Enrolment,
    Finding,
    FindingState,
    Obligation,
    ObligationCheck,
    ObligationRule,
    StepKind,
    StudyStatus,
    VisaCase,
    VisaProgramme,
)

# How a list sorts what is to come: no rule of the field, and its words say the days. Reminders have days of their own.
SOON = timedelta(days=30)
# Below it a number of people could name one of them: it is told as few outside of the office that keeps the records.
FEW = 3
CHECK_STATES: dict[str, str] = {
    "overdue": _("Overdue"),
    "soon": _("Due within 30 days"),
    "later": _("Later"),
    **{result.value: result.label for result in CheckResult},
    "withdrawn": _("Taken out"),
}
DUE = {"due": _("Overdue or due within 30 days")}  # both at once
FINDING_STATES: dict[str, str] = {
    **{state.value: state.label for state in FindingState},
    "closed": _("Finding closed"),
    "withdrawn": _("Taken out"),
}
FINDING_BADGES = {"open": "wait", "confirmed": "wait", "closed": "good"}
CHECK_BADGES = {"overdue": "badge--bad", "soon": "badge--wait", "kept": "badge--good", "not_kept": "badge--wait"}


def state_of_check(row: ObligationCheck) -> str:
    """A check as a list tells it: what it has shown, or how near it is."""
    if row.withdrawn_on:
        return "withdrawn"
    if row.result:
        return row.result
    today = timezone.localdate()
    return "overdue" if row.due_on < today else "soon" if row.due_on <= today + SOON else "later"


def in_check_state(rows: QuerySet, state: str) -> QuerySet:
    today = timezone.localdate()
    if state == "withdrawn":
        return rows.filter(withdrawn_on__isnull=False)
    rows = rows.filter(withdrawn_on=None)
    if state in CheckResult.values:
        return rows.filter(result=state)
    rows = rows.filter(result="")
    within = {
        "overdue": Q(due_on__lt=today),
        "soon": Q(due_on__gte=today, due_on__lte=today + SOON),
        "later": Q(due_on__gt=today + SOON),
        "due": Q(due_on__lte=today + SOON),
    }
    return rows.filter(within[state])


@dataclass(frozen=True)
class FindingShown:
    """A finding as a page shows it: where it stands in words, and what was put on record as done about it."""

    row: Finding
    closings: list[Closing]

    @property
    def code(self) -> str:
        """Where it stands, as a key of ``FINDING_STATES``."""
        if self.row.check_made.withdrawn_on:
            return "withdrawn"
        closed = any(one.state == FindingState.CONFIRMED for one in self.closings)
        return "closed" if closed else self.row.state

    @property
    def state(self) -> str:
        return FINDING_STATES[self.code]

    @property
    def badge(self) -> str:
        return FINDING_BADGES.get(self.code, "")

    @property
    def waits_for_closing(self) -> bool:
        """Whether it stands and nothing is on record as done, or only what was dismissed."""
        return self.code == FindingState.CONFIRMED and not any(one.state == FindingState.OPEN for one in self.closings)


def finding_shown(check: ObligationCheck) -> FindingShown | None:
    """The finding of a check whose ``finding`` and ``finding__closings`` were read with it, or none."""
    row = getattr(check, "finding", None)
    if row is None:
        return None
    row.check_made = check
    return FindingShown(row, sorted(row.closings.all(), key=lambda one: one.pk))


def in_finding_state(rows: QuerySet, state: str) -> QuerySet:
    """The checks whose finding stands so, as ``FindingShown.code`` says it."""
    rows = rows.filter(finding__isnull=False)
    if state == "withdrawn":
        return rows.filter(withdrawn_on__isnull=False)
    rows = rows.filter(withdrawn_on=None)
    closed = Exists(Closing.objects.filter(finding=OuterRef("finding"), state=FindingState.CONFIRMED))
    if state == "closed":
        return rows.filter(closed)
    return rows.filter(~closed, finding__state=state)


def findings_of(viewer: User, **which) -> list[FindingShown]:
    """The findings that the viewer reads, with what was done about each, in the order in which they were found."""
    rows = Finding.objects.visible_to(viewer).filter(**which).select_related("check_made", "found_by", "looked_by")
    closings = Closing.objects.visible_to(viewer).select_related("done_by", "looked_by").order_by("pk")
    rows = rows.prefetch_related(Prefetch("closings", closings)).order_by("pk")
    return [FindingShown(row, list(row.closings.all())) for row in rows]


@dataclass(frozen=True)
class DutyShown:
    """A duty as the page of its case shows it: its checks in their order, and the findings.

    Of a duty that fell away the checks that were made are shown, and none that waits.
    """

    duty: Obligation
    checks: list[tuple[ObligationCheck, str, str]]
    findings: list[FindingShown]


def duties_of(case: VisaCase, viewer: User) -> list[DutyShown]:
    """The duties of a case with their checks, those that ended last."""
    rows = Obligation.objects.visible_to(viewer).filter(case=case).select_related("rule").order_by("ends_on", "pk")
    rows = rows.prefetch_related(*with_client(viewer))
    checks = list(ObligationCheck.objects.visible_to(viewer).standing().filter(case=case).order_by("due_on"))
    moves = {move.happened_on for move in moves_of(case)}
    for check in checks:
        check.after_a_move = check.due_on in moves
    findings = findings_of(viewer, case=case)
    shown = []
    for duty in sorted(rows, key=lambda row: row.ended_on is not None):
        own = [check for check in checks if check.obligation_id == duty.pk and (check.result or not duty.ended_on)]
        told = [(check, CHECK_STATES[state_of_check(check)], _badge(check)) for check in own]
        found = [row for row in findings if row.row.check_made.obligation_id == duty.pk]
        shown.append(DutyShown(duty, told, found))
    return shown


def duties_of_family(duties: list[DutyShown]) -> list[tuple[DutyShown, bool, list[DutyShown]]]:
    """The duties of each dependant together: the first of them, whether a check is overdue, and all."""
    theirs: dict[int, list[DutyShown]] = {}
    for shown in duties:
        if shown.duty.link_id:
            theirs.setdefault(shown.duty.link_id, []).append(shown)
    return [
        (rows[0], any(check.overdue for shown in rows for check, *_told in shown.checks), rows)
        for rows in theirs.values()
    ]


def moves_of(case: VisaCase) -> list[CaseStep]:
    """The moves of the person within the province, the first one first."""
    rows = CaseStep.objects.standing().filter(case=case, kind=StepKind.RELOCATED, municipality__isnull=False)
    return list(rows.select_related("municipality").order_by("happened_on", "pk"))


def home_of(case: VisaCase) -> str | None:
    """The code of the municipality in which the person lives: of the letter, until a move within the province."""
    moves = moves_of(case)
    return moves[-1].municipality_id if moves else case.municipality_id


def speaks_to(duty: Obligation, move: CaseStep, case: VisaCase) -> bool:
    """Whether a move is to be looked at for a duty: within its time, away from where the duty binds to.

    Residence in the municipality of the letter for the first two years, then in a population decline area of the
    province (지역특화형 비자 안내문, shinhankook.kr 5968). What comes of it people say.
    """
    if not duty.starts_on <= move.happened_on <= duty.ends_on:
        return False
    if duty.rule.kind == Duty.WITH_PRINCIPAL:
        return True
    if duty.rule.kind == Duty.RESIDENCE_AREA:
        return move.municipality_id != case.municipality_id
    return duty.rule.kind == Duty.RESIDENCE_REGION and class_on(move.municipality, move.happened_on) != Decline.DECLINE


def _badge(check: ObligationCheck) -> str:
    return CHECK_BADGES.get(state_of_check(check), "").removeprefix("badge--")


def check_brought_forward(viewer: User, client_id: int) -> ObligationCheck | None:
    """The first check of a client that a contract brought forward and that waits, if the viewer reads it."""
    rows = ObligationCheck.objects.visible_to(viewer).open().standing()
    return rows.filter(client=client_id, brought_by=BroughtBy.CONTRACT).order_by("due_on", "pk").first()


def counts() -> list[tuple]:
    """How many checks stand where, by programme and municipality, of everywhere; few are told as few.

    The database names both in Korean; they are told in the reader's language.
    """
    programmes, municipalities = _by_korean_name(VisaProgramme), _by_korean_name(Municipality)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wall.check_counts(%s)", [timezone.localdate()])
        return [
            (programmes.get(programme, programme), municipalities.get(municipality, municipality), *map(few, numbers))
            for programme, municipality, *numbers in cursor.fetchall()
        ]


def _by_korean_name(model: type[Model]) -> dict[str, str]:
    return {row.name_ko: str(row) for row in kept_rows(model).values()}


def few(number: int) -> str:
    """A number of people as it is told outside of the office that keeps their records."""
    return "–" if number == 0 else f"<{FEW}" if number < FEW else f"{number:,}"


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def semester_of(day: date) -> tuple[date, date]:
    """The first and the last day of the semester that holds a day: from March, and from September."""
    if 3 <= day.month <= 8:
        return date(day.year, 3, 1), date(day.year, 8, 31)
    year = day.year if day.month >= 9 else day.year - 1
    return date(year, 9, 1), date(year + 1, 3, 1) - timedelta(days=1)


def rules_of(case: VisaCase) -> list[ObligationRule]:
    """The rules of the day of the permit: a later cohort keeps other ones."""
    return [rule for rule in _rules_of(case.programme_id) if rule.holds_on(case.granted_on)]


def _rules_of(programme: str) -> list[ObligationRule]:
    return list(ObligationRule.objects.standing().filter(programme=programme))


class Wanted(NamedTuple):
    """A duty that a case brings: of the principal, or of the dependant of ``link``."""

    rule: ObligationRule
    link: FamilyLink | None
    starts_on: date


def runs(case: VisaCase) -> bool:
    """Whether the permit of a case is there and the case has not ended."""
    ended = (case.left_on, case.cancelled_on, case.moved_on, case.refused_on, case.withdrawn_on, case.lapsed_on)
    return bool(case.granted_on) and not any(ended)


def graduated_on(case: VisaCase) -> date | None:
    """Since when the student of a case holds the degree that the studies were for, as the university keeps it.

    The duty of the semesters ends with them: a case whose studies are completed can be completed.
    """
    students = Enrolment.objects.filter(case=case).as_of(timezone.localdate())
    done = students.filter(state__in=StudyStatus.objects.filter(graduates=True).values("code"))
    return done.values_list("since", flat=True).first()


def wanted_of(case: VisaCase) -> list[Wanted]:
    """The duties that a case brings today; none where its permit does not run.

    A dependant keeps those of the own status (지역특화형 비자 안내문, shinhankook.kr 5968), from the day of
    settling, or else of entering, and never before the permit.
    """
    if not runs(case):
        return []
    rules = rules_of(case)
    if any(rule.kind == Duty.SEMESTER for rule in rules) and graduated_on(case):
        rules = [rule for rule in rules if rule.kind != Duty.SEMESTER]
    links = FamilyLink.objects.filter(household__principal=case.client_id) if any(r.status_id for r in rules) else ()
    own = [Wanted(rule, None, case.granted_on) for rule in rules if rule.status_id is None]
    return own + [
        Wanted(rule, link, max(case.granted_on, link.settled_on or link.entered_on or case.granted_on))
        for rule in rules
        for link in links
        if rule.status_id and rule.status_id == link.status_id
    ]


@dataclass(frozen=True)
class Turned:
    """A duty of a case that changed rules add, change or end. ``before`` and ``after`` are its last days."""

    case: VisaCase
    rule: ObligationRule
    before: date | None
    after: date | None

    @property
    def what(self) -> str:
        return "added" if self.before is None else "ended" if self.after is None else "changed"


def preview(change: Callable[[], object], *, viewer: User, programme: str) -> list[Turned]:
    """The duties that a change of the rules would add, change or end, in cases that the viewer reads. Nothing stays.

    Told by the rules alone: of the duties of another office nobody reads more. Raises what the change raises.
    """
    rows = VisaCase.objects.visible_to(viewer).filter(programme=programme, granted_on__isnull=False)
    cases = [case for case in rows.select_related("municipality").order_by("granted_on", "pk") if runs(case)]
    before = _rules_of(programme)
    with transaction.atomic():
        change()
        after = _rules_of(programme)
        transaction.set_rollback(True)
    return [turned for case in cases for turned in _turned(case, before, after)]


def _turned(case: VisaCase, before: list[ObligationRule], after: list[ObligationRule]) -> Iterator[Turned]:
    then, now = ({(rule.kind, rule.status_id): rule for rule in rules if rule.holds_on(case.granted_on)}
                 for rules in (before, after))  # fmt: skip
    for key in sorted({*then, *now}, key=str):
        old, new = then.get(key), now.get(key)
        if (old and old.pk) != (new and new.pk):
            ends = [end_of(rule, case.granted_on) if rule else None for rule in (old, new)]
            yield Turned(case, new or old, *ends)


def end_of(rule: ObligationRule, granted_on: date) -> date:
    """The last day of a duty; never before the permit."""
    return max(rule.until or months_after(granted_on, rule.months), granted_on)


def due_days(rule: ObligationRule, granted_on: date) -> Iterator[date]:
    """The days on which a duty is checked, in their order: every so many months, and at its end."""
    end, step = end_of(rule, granted_on), rule.check_every
    number = 1
    while step and (day := months_after(granted_on, number * step)) < end:
        yield day
        number += 1
    yield end
