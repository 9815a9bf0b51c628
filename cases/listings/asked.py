from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import REVIEW
from cases.models import AskedElsewhere, IdentityAnswer
from cases.models.identity import OPEN_FOR
from centers.listing import CodeField, Column, FilterForm, Listing, Order, register
from centers.listing.columns import field, named
from centers.models import Workspace, WorkspaceKind

OVER = "over"
ANSWERS = [*IdentityAnswer.choices, (OVER, _("Over"))]
MARKS = {IdentityAnswer.OPEN: "badge--wait", IdentityAnswer.SAME: "badge--good"}


def _centers() -> QuerySet[Workspace]:
    return Workspace.objects.filter(kind=WorkspaceKind.CENTER).order_by("code")


class AskedFilterForm(FilterForm):
    permission = REVIEW
    day = "sent_on"

    asking = CodeField(_centers, label=_("Asked by"))
    asked = CodeField(_centers, label=_("Centre that was asked"))
    answer = CodeField(label=_("Answer"), choices=ANSWERS)

    def by_asking(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(from_workspace__code=code)

    def by_asked(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(workspace__code=code)

    def by_answer(self, rows: QuerySet, answer: str) -> QuerySet:
        over = Q(answer=IdentityAnswer.OPEN, sent_on__lt=timezone.localdate() - OPEN_FOR)
        if answer == OVER:
            return rows.filter(over)
        rows = rows.filter(answer=answer)
        return rows.exclude(over) if answer == IdentityAnswer.OPEN else rows


def _rows(viewer: User) -> QuerySet:
    return AskedElsewhere.objects.visible_to(viewer).select_related("asked_by", "answered_by")


def _answer(row: AskedElsewhere, viewer: User) -> str:
    return now("Over") if row.over else row.get_answer_display()


def _answer_shown(row: AskedElsewhere, viewer: User) -> str:
    mark = "" if row.over else MARKS.get(row.answer, "")
    return format_html('<span class="badge {}">{}</span>', mark, _answer(row, viewer))


ASKED_ELSEWHERE = register(
    Listing(
        code="asked-elsewhere",
        route="cases:asked_elsewhere",
        title=_("Requests between centres"),
        caption=_("Requests between centres, the latest first"),
        permission=REVIEW,
        rows=_rows,
        columns=(
            field("sent_on", _("Asked on"), order="day"),
            named("from_workspace", _("Asked by")),
            Column("asked_by", _("Member of staff"), value=lambda row, viewer: row.asked_by and str(row.asked_by)),
            field("asking_file", _("File of the asking centre")),
            named("workspace", _("Centre that was asked")),
            field("asked_file", _("File of the asked centre")),
            Column("answer", _("Answer"), value=_answer, shown=_answer_shown, code=lambda row: row.answer),
            field("answered_on", _("Answered on")),
            Column(
                "answered_by", _("Answered by"), value=lambda row, viewer: row.answered_by and str(row.answered_by)
            ),
        ),
        orders=(Order("day", ("sent_on", "id")),),
        form=AskedFilterForm,
        template="cases/asked_elsewhere.html",
        nothing=_("No centre has asked another one yet. A request appears here as soon as it is sent."),
    )
)
