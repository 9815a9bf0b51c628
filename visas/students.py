"""What is asked of students: where their reports stand, in words, and as numbers for the province."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from visas.models import CaseStudy, Enrolment, StatusChange, StudyStatus, VisaCase
from visas.obligations import few

REPORT_STATES: dict[str, str] = {
    "overdue": gettext_lazy("Report overdue"),
    "due": gettext_lazy("To be reported"),
    "late": gettext_lazy("Reported after the day"),
    "reported": gettext_lazy("Reported"),
}
WITHIN = {"near": gettext_lazy("Report overdue or due within 15 days")}
REPORT_BADGES = {"overdue": "bad", "due": "wait", "late": "note", "reported": "good"}
STUDENT_VISA = "D-2"  # the programme whose visa cases are of students
NEAR = timedelta(days=15)  # the reports that the start page shows


def in_report_state(rows: QuerySet, state: str) -> QuerySet:
    """The changes whose report stands so, as ``StatusChange.report_state`` says it."""
    today = timezone.localdate()
    rows = rows.filter(due_on__isnull=False, withdrawn_on=None)
    return rows.filter(
        {
            "overdue": Q(reported_on=None, due_on__lt=today),
            "due": Q(reported_on=None, due_on__gte=today),
            "near": Q(reported_on=None, due_on__lte=today + NEAR),
            "late": Q(reported_on__gt=F("due_on")),
            "reported": Q(reported_on__lte=F("due_on")),
        }[state]
    )


def told_days(row: StatusChange) -> str:
    """How many days are left, or have passed; empty where nothing waits."""
    left = row.days_left
    if left is None:
        return ""
    if left < 0:
        return ngettext("%(number)d day late", "%(number)d days late", -left) % {"number": -left}
    if left == 0:
        return _("today")
    return ngettext("%(number)d day left", "%(number)d days left", left) % {"number": left}


def intended_of(cases: Iterable[int]) -> dict[int, CaseStudy]:
    """The intended studies of some cases, by the case: what was said last."""
    rows = CaseStudy.objects.filter(case__in=list(cases)).select_related("major").order_by("pk")
    return {row.case_id: row for row in rows}


def gone() -> Q:
    """The condition of students, as of a day, who left or finished: the studies ended, or where they are is not known.

    People decide what comes of the visa case; it is a reason to look at it and says nothing of anybody's stay.
    """
    return Q(state__in=StudyStatus.objects.filter(Q(ends=True) | Q(departs=True)).values("code"))


def case_that_goes_on(row: Enrolment) -> VisaCase | None:
    """The visa case of a student who left or finished, where it was granted and has not ended."""
    case = row.case
    if case is None or case.granted_on is None or case.has_ended:
        return None
    students = Enrolment.objects.filter(pk=row.pk).as_of(timezone.localdate())
    return case if students.filter(gone()).exists() else None


def who_left(case: VisaCase, viewer: User) -> Enrolment | None:
    """The student of a case that goes on who left or finished, where the person reads students; with the status."""
    if case.granted_on is None or case.has_ended:
        return None
    rows = Enrolment.objects.visible_to(viewer).filter(case=case).as_of(timezone.localdate())
    return rows.filter(gone()).order_by("-pk").first()


@dataclass(frozen=True)
class ReportCounts:
    """How many reports of a university wait, are overdue, came in time and came late; few are told as few."""

    due: str = few(0)
    overdue: str = few(0)
    in_time: str = few(0)
    late: str = few(0)


def report_counts() -> dict[str, ReportCounts]:
    """The reports of each university, by its code; nothing for who does not read the whole province."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wall.status_report_counts(%s)", [timezone.localdate()])
        return {code: ReportCounts(*map(few, counts)) for code, *counts in cursor.fetchall()}
