from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.listings.people import day_column, number_column
from cases.models import Activity
from centers.listing import CodeField, Column, FilterForm, Listing, Order, WorkspaceField, register
from centers.listing.columns import field, linked, named
from centers.listing.filters import Codes
from centers.models import SupportProgramme

APPROVED, OPEN = "yes", "no"


class ActivityFilterForm(FilterForm):
    permission = "view_activities"
    day = "held_on"
    voidable = True

    workspace = WorkspaceField(label=_("Workspace"))
    programme = CodeField(Codes(SupportProgramme), label=_("Programme"))
    approved = CodeField(choices=[(APPROVED, _("Approved")), (OPEN, _("Not yet"))], label=_("Approval"))

    def by_programme(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(programme=code)

    def by_approved(self, rows: QuerySet, answer: str) -> QuerySet:
        return rows.filter(approved_on__isnull=answer == OPEN)


def _rows(viewer: User) -> QuerySet:
    return Activity.objects.visible_to(viewer)


ACTIVITIES = register(
    Listing(
        code="activities",
        route="cases:activities",
        title=_("Activities"),
        caption=_("Activities you may read"),
        permission="view_activities",
        rows=_rows,
        columns=(
            day_column("held_on", _("Day of the activity"), order="day"),
            Column(
                "title",
                _("Title"),
                value=lambda row, viewer: row.title,
                shown=lambda row, viewer: linked(row.title, row),
                css="table__long",
            ),
            named("programme", _("Programme"), css=""),
            field("participants", _("Participants"), css="table__number"),
            named("language", _("Language")),
            field("approved_on", _("Approved on")),
            field("reported_on", _("Result report approved on")),
            field("evidence", _("Evidence"), css=""),
            named("workspace", _("Workspace")),
            number_column(),
        ),
        orders=(Order("day", ("held_on", "id")),),
        form=ActivityFilterForm,
        nothing=_("There are no activities here yet. An activity appears here when it is recorded."),
    )
)
