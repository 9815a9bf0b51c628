from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
from cases.listings.people import client_column, day_column, number_column, read_clients
from cases.models import Stay
from centers.listing import (
    CodeField,
    Column,
    FilterForm,
    Listing,
    Order,
    WorkspaceField,
    empty_last,
    register,
    sortable,
)
from centers.listing.columns import named
from centers.models import Room
from centers.selectors import workspaces_where


class StayFilterForm(FilterForm):
    permission = "view_stays"
    voidable = True

    workspace = WorkspaceField(label=_("Shelter"))
    night = DayField(_("In a bed on the night of"), required=False)
    room = CodeField(label=_("Room"))

    arrived_from = DayField(_("Checked in from"), required=False)
    arrived_to = DayField(_("Checked in up to and with"), required=False)
    left_from = DayField(_("Checked out from"), required=False)
    left_to = DayField(_("Checked out up to and with"), required=False)
    further = ("arrived_from", "arrived_to", "left_from", "left_to", "void")

    def shape(self) -> None:
        places = workspaces_where(self.viewer, self.permission)
        rooms = list(Room.objects.filter(workspace__in=places).select_related("workspace"))
        alone = len({room.workspace_id for room in rooms}) == 1
        self.rooms = {f"{room.workspace.code}.{room.code}": room for room in rooms}
        self.fields["room"].choices = [
            ("", now("All")),
            *((key, room.code if alone else str(room)) for key, room in self.rooms.items()),
        ]
        super().shape()

    def by_night(self, rows: QuerySet, night: date) -> QuerySet:
        return in_bed_on(rows, night)

    def by_arrived_from(self, rows: QuerySet, day: date) -> QuerySet:
        return rows.filter(checked_in_on__gte=day)

    def by_arrived_to(self, rows: QuerySet, day: date) -> QuerySet:
        return rows.filter(checked_in_on__lte=day)

    def by_left_from(self, rows: QuerySet, day: date) -> QuerySet:
        return rows.filter(checked_out_on__gte=day)

    def by_left_to(self, rows: QuerySet, day: date) -> QuerySet:
        return rows.filter(checked_out_on__lte=day)

    def by_room(self, rows: QuerySet, key: str) -> QuerySet:
        return rows.filter(bed__room=self.rooms[key])


def in_bed_on(stays: QuerySet, night: date) -> QuerySet:
    """A stay holds its bed from the day of coming up to and without the day of leaving."""
    return stays.filter(Q(checked_out_on=None) | Q(checked_out_on__gt=night), checked_in_on__lte=night)


def _rows(viewer: User) -> QuerySet:
    return sortable(Stay.objects.visible_to(viewer).select_related("bed__room"), "checked_out_on")


def _left_shown(row: Stay, viewer: User) -> str:
    if row.checked_out_on:
        return row.checked_out_on.isoformat()
    return "" if row.voided_at else format_html('<span class="badge badge--note">{}</span>', now("Here"))


STAYS = register(
    Listing(
        code="stays",
        route="cases:stays",
        title=_("Stays"),
        caption=_("Stays you may read"),
        permission="view_stays",
        rows=_rows,
        beside=read_clients,
        columns=(
            day_column("checked_in_on", _("Checked in on"), order="day"),
            client_column(),
            Column("room", _("Room"), value=lambda row, viewer: row.bed.room.code, main=True),
            Column("bed", _("Bed"), value=lambda row, viewer: row.bed.code),
            Column(
                "checked_out_on",
                _("Checked out on"),
                value=lambda row, viewer: row.checked_out_on,
                shown=_left_shown,
                order="left",
                main=True,
            ),
            Column(
                "nights",
                _("Nights up to today"),
                value=lambda row, viewer: nights_so_far(row),
                css="table__number",
            ),
            named("reason", _("Reason")),
            named("workspace", _("Shelter")),
            number_column(),
        ),
        orders=(Order("day", ("checked_in_on", "id")), empty_last("left", "checked_out_on")),
        form=StayFilterForm,
        nothing=_("There are no stays here yet. A stay appears here on the day somebody checks in."),
    )
)


def nights_so_far(stay: Stay) -> int:
    """The nights from the day of coming up to and without the day of leaving, or today; leaves are not taken off."""
    return max(((stay.checked_out_on or timezone.localdate()) - stay.checked_in_on).days, 0)
