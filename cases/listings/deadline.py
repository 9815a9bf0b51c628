from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.files import time_left
from cases.listings.people import client_column, day_column, read_clients
from cases.listings.session import StaffFilterForm
from cases.models import Deadline, DeadlineKind
from centers.listing import CodeField, Column, Listing, Order, WorkspaceField, register
from centers.listing.columns import field, named
from centers.listing.filters import Codes

RUNNING, OVERDUE, WEEK, DONE = "running", "overdue", "week", "done"


class DeadlineFilterForm(StaffFilterForm):
    day = "due_on"

    workspace = WorkspaceField(label=_("Centre"))
    state = CodeField(
        choices=[
            (RUNNING, _("Running")), (OVERDUE, _("Overdue")), (WEEK, _("Due within 7 days")), (DONE, _("Done")),
        ],
        label=_("State"),
    )  # fmt: skip
    kind = CodeField(Codes(DeadlineKind), label=_("Deadline"))

    def by_state(self, rows: QuerySet, state: str) -> QuerySet:
        today = timezone.localdate()
        if state == DONE:
            return rows.filter(done_on__isnull=False)
        last = {OVERDUE: {"due_on__lt": today}, WEEK: {"due_on__lte": today + timedelta(days=7)}}
        return rows.running().filter(**last.get(state, {}))

    def by_kind(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(kind=code)


def _rows(viewer: User) -> QuerySet:
    return Deadline.objects.visible_to(viewer).select_related("counsellor")


def _left(row: Deadline, viewer: User) -> str:
    return "" if row.done_on else time_left(row.due_on)


DEADLINES = register(
    Listing(
        code="deadlines",
        route="cases:deadlines",
        title=_("Deadlines"),
        caption=_("Deadlines you may read, the soonest first"),
        permission="view_sessions",
        rows=_rows,
        beside=read_clients,
        columns=(
            day_column("due_on", _("Last day"), order="due"),
            Column("left", _("Days left"), value=_left),
            client_column(),
            named("kind", _("Deadline")),
            field("starts_on", _("Happened on")),
            field("done_on", _("Done on")),
            Column("counsellor", _("Counsellor"), value=lambda row, viewer: str(row.counsellor or "")),
            named("workspace", _("Centre")),
        ),
        orders=(Order("due", ("due_on", "id"), descending=False),),
        form=DeadlineFilterForm,
        nothing=_("There are no deadlines here yet. One that is noted with a session appears here at once."),
    )
)
