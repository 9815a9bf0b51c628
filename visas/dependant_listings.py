"""The list of what is to be found out about dependants."""

from datetime import date

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.listings.people import client_column, day_column
from centers.listing import CodeField, Column, FilterForm, Listing, MonthField, Order, WorkspaceField, register
from centers.listing.columns import field, named
from centers.listing.filters import Codes, in_month
from visas.access import read_files
from visas.dependants import QUESTION_BADGES, QUESTION_STATES, WAITING, in_question_state
from visas.models import DependantOutcome, DependantQuestion, QuestionReason


class QuestionFilterForm(FilterForm):
    permission = "view_visa_cases"

    workspace = WorkspaceField(label=_("Workspace"))
    state = CodeField(choices=(WAITING | QUESTION_STATES).items(), label=_("State"))
    reason = CodeField(Codes(QuestionReason), label=_("Reason"))
    outcome = CodeField(Codes(DependantOutcome), label=_("What became of the dependant"))
    due = MonthField(label=_("Due in the month"))

    def by_state(self, rows: QuerySet, state: str) -> QuerySet:
        return in_question_state(rows, state)

    def by_reason(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(reason=code)

    def by_outcome(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(outcome=code)

    def by_due(self, rows: QuerySet, month: date) -> QuerySet:
        return rows.filter(in_month("due_on", month))


def _questions(viewer: User) -> QuerySet:
    return DependantQuestion.objects.visible_to(viewer).select_related("case")


def _state(row: DependantQuestion, viewer: User) -> str:
    return str(QUESTION_STATES[row.state])


def _state_shown(row: DependantQuestion, viewer: User) -> str:
    badge = QUESTION_BADGES.get(row.state, "")
    return format_html('<span class="badge {}">{}</span>', badge and f"badge--{badge}", QUESTION_STATES[row.state])


QUESTIONS = register(
    Listing(
        code="dependant-questions",
        route="visas:questions",
        title=_("Checks of dependants"),
        caption=_("What is to be found out about dependants"),
        permission="view_visa_cases",
        rows=_questions,
        beside=read_files,
        columns=(
            day_column("due_on", _("To be found out by"), order="due"),
            client_column(_("Dependant")),
            named("reason", _("Reason")),
            field("happened_on", _("Day of the event")),
            Column("state", _("State"), value=_state, shown=_state_shown),
            named("outcome", _("What became of the dependant")),
            field("answered_on", _("Found out on")),
            Column("programme", _("Visa programme"), value=lambda row, viewer: str(row.case.programme)),
            named("workspace", _("Workspace")),
        ),
        orders=(Order("due", ("due_on", "id"), descending=False),),
        form=QuestionFilterForm,
        nothing=_("Nothing is to be found out. It comes up here by itself when the case of a principal ends."),
    )
)
