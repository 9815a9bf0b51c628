"""The lists of students and of what has to be reported of them."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.listings.people import client_column, day_column, read_clients
from centers.listing import CodeField, Column, FilterForm, Listing, MonthField, Order, WorkspaceField, register
from centers.listing.columns import field, linked, named
from centers.listing.filters import Codes, DayField, in_month
from centers.models import Major
from centers.models.codes import kept_names
from visas.access import universities_of
from visas.cohorts import MARKS, with_marks
from visas.models import Enrolment, StatusChange, StudyStatus
from visas.students import REPORT_BADGES, REPORT_STATES, WITHIN, in_report_state, told_days

FIRST_YEAR = 2015  # the earliest semester that is offered to choose
WAITING = {state: REPORT_STATES[state] for state in ("overdue", "due")}


class Choice(NamedTuple):
    code: str
    name: str

    def __str__(self):
        return self.name


def semesters() -> Iterable[Choice]:
    """The semesters to choose from, the newest first."""
    last = timezone.localdate().year + 1
    return (Choice(f"{year}-{half}", f"{year}-{half}") for year in range(last, FIRST_YEAR, -1) for half in (2, 1))


def majors_of(viewer: User) -> list[Choice]:
    rows = Major.objects.filter(workspace__in=universities_of(viewer)).select_related("workspace")
    return [Choice(str(row.pk), str(row)) for row in rows]


class StudentFilterForm(FilterForm):
    permission = "view_clients"

    workspace = WorkspaceField(label=_("University"))
    on = DayField(_("As of"), required=False)
    status = CodeField(Codes(StudyStatus), label=_("Study status"))
    semester = CodeField(semesters, label=_("Semester of admission"))
    major = CodeField(label=_("Major"))
    report = CodeField(choices=WAITING.items(), label=_("Report"))
    mark = CodeField(choices=MARKS.items(), label=_("Only"))
    further = ("on", "mark")

    def shape(self) -> None:
        self.fields["major"].rows = lambda: majors_of(self.viewer)
        super().shape()

    def by_on(self, rows: QuerySet, day: date) -> QuerySet:
        return rows.as_of(day)

    def by_status(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(state=code)

    def by_semester(self, rows: QuerySet, semester: str) -> QuerySet:
        return rows.filter(semester=semester)

    def by_major(self, rows: QuerySet, pk: str) -> QuerySet:
        return rows.filter(major=int(pk))

    def by_mark(self, rows: QuerySet, mark: str) -> QuerySet:
        rows, conditions = with_marks(rows, self.cleaned_data.get("on") or timezone.localdate())
        return rows.filter(conditions[mark])

    def by_report(self, rows: QuerySet, state: str) -> QuerySet:
        changes = in_report_state(StatusChange.objects.visible_to(self.viewer), state)
        return rows.filter(pk__in=changes.values("enrolment"))


class ReportFilterForm(FilterForm):
    permission = "view_clients"

    workspace = WorkspaceField(label=_("University"))
    state = CodeField(choices=(WITHIN | REPORT_STATES).items(), label=_("State"))
    kind = CodeField(Codes(StudyStatus), label=_("Study status"))
    due = MonthField(label=_("Due in the month"))

    def by_state(self, rows: QuerySet, state: str) -> QuerySet:
        return in_report_state(rows, state)

    def by_kind(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(kind=code)

    def by_due(self, rows: QuerySet, month: date) -> QuerySet:
        return rows.filter(in_month("due_on", month))


def _students(viewer: User) -> QuerySet:
    rows = Enrolment.objects.visible_to(viewer).as_of(timezone.localdate())
    return rows.select_related("major")


def _reports(viewer: User) -> QuerySet:
    rows = StatusChange.objects.visible_to(viewer).standing().filter(due_on__isnull=False)
    return rows.select_related("enrolment__major")


def status_badge(code: str | None) -> str:
    """The kind of badge of a status: who left is marked, whatever for."""
    return {"enrolled": "good", "returned": "good", "readmitted": "good", "leave": "wait", "absent": "bad"}.get(
        code, "note"
    )


def _state(row: Enrolment, viewer: User) -> str:
    return kept_names(StudyStatus).get(row.state, "")


def _state_shown(row: Enrolment, viewer: User) -> str:
    return format_html('<span class="badge badge--{}">{}</span>', status_badge(row.state), _state(row, viewer))


def _report(row: StatusChange, viewer: User) -> str:
    return str(REPORT_STATES[row.report_state])


def _report_shown(row: StatusChange, viewer: User) -> str:
    state, days = row.report_state, told_days(row)
    badge = format_html('<span class="badge badge--{}">{}</span>', REPORT_BADGES[state], REPORT_STATES[state])
    return format_html("{} {}", badge, days) if days else badge


STUDENTS = register(
    Listing(
        code="students",
        route="visas:students",
        title=_("Students"),
        caption=_("Students of your university"),
        permission="view_clients",
        rows=_students,
        beside=read_clients,
        columns=(
            Column(
                "ref",
                _("Student number"),
                value=lambda row, viewer: row.ref,
                shown=lambda row, viewer: linked(row.ref, row),
                order="number",
            ),
            client_column(_("Student")),
            Column("state", _("Study status"), value=_state, shown=_state_shown, code=lambda row: row.state),
            field("since", _("Since")),
            Column("major", _("Major"), value=lambda row, viewer: row.major.name, css=""),
            Column("degree", _("Degree"), value=lambda row, viewer: row.major.get_degree_display()),
            field("semester", _("Semester of admission"), order="semester"),
            field("admitted_on", _("Admitted on")),
            named("workspace", _("University")),
        ),
        orders=(
            Order("number", ("ref", "id"), descending=False),
            Order("semester", ("semester", "id")),
        ),
        form=StudentFilterForm,
        template="visas/student_list.html",
        nothing=_("No student is on file yet. Enter one from the page of a client, or bring the semester list in."),
    )
)
REPORTS = register(
    Listing(
        code="study-reports",
        route="visas:status_reports",
        title=_("Reports to the immigration office"),
        caption=_("Changes of status that are reported"),
        permission="view_clients",
        rows=_reports,
        beside=read_clients,
        columns=(
            day_column("due_on", _("To be reported by"), order="due"),
            client_column(_("Student")),
            Column("ref", _("Student number"), value=lambda row, viewer: row.enrolment.ref),
            named("kind", _("Study status")),
            Column("state", _("Report"), value=_report, shown=_report_shown),
            field("happened_on", _("Day of the change")),
            field("known_on", _("Learned on")),
            field("reported_on", _("Reported on")),
            field("report_document", _("Document number")),
            named("workspace", _("University")),
        ),
        orders=(Order("due", ("due_on", "id"), descending=True),),
        form=ReportFilterForm,
        nothing=_("Nothing is to be reported. A change of status that has to be reported comes up here by itself."),
    )
)
