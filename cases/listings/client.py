from datetime import date, timedelta

from django.db.models import DateField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.listings.people import names_in_text, names_shown, number_of, read_names, with_names
from cases.models import Client, Country, Language, Session, StatusCode
from cases.selectors import NOT_TOLD, StatusShown, status_named, status_shown
from cases.usual import UsualCodes
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
from centers.listing.columns import field, link, named
from centers.listing.filters import Codes, Named, with_code
from centers.listing.orders import NOT_YET
from centers.models import Municipality
from centers.models.codes import kept_rows
from centers.selectors import is_official, scope_of

PAST = "past"
OWN = 365  # days in which a session makes a client one's own
LATELY = 30  # days in which a client counts as one of the latest
SOON = 90  # days ahead for which a status is told to run out


class ClientFilterForm(FilterForm):
    permission = "view_clients"

    workspace = WorkspaceField(label=_("Workspace"))
    nationality = CodeField(UsualCodes(Country), label=_("Nationality"))
    language = CodeField(UsualCodes(Language), label=_("Language"))
    municipality = CodeField(Codes(Municipality), label=_("Municipality"))
    status = CodeField(label=_("Status of residence"))
    expiring = CodeField(
        choices=[("1", _("Within 90 days")), (PAST, _("Passed, and no later day on file"))],
        label=_("Status expires on"),
    )
    mine = CodeField(
        choices=[
            ("1", _("Whom I counselled within the year")),
            ("lately", _("Whom I counselled in the last 30 days")),
        ],
        label=_("Counsellor"),
    )

    def shape(self) -> None:
        """An official finds nobody by a code that is for counsellors, nor by the day on which a status ends."""
        if is_official(self.viewer):
            del self.fields["expiring"]
        if _counsels_nobody(self.viewer):
            del self.fields["mine"]
        self.fields["status"].rows = self._statuses
        super().shape()

    def _statuses(self) -> list[Named]:
        """The statuses as the filter names them, by code and name; their kinds are found with them."""
        codes = [code for code in kept_rows(StatusCode).values() if code.parent_id is None]
        if is_official(self.viewer):
            codes = [code for code in codes if not code.restricted and code.pk != NOT_TOLD]
        return [Named(code.pk, status_named(code)) for code in codes]

    def by_nationality(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(with_code("nationality", code))

    def by_language(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(with_code("language", code))

    def by_municipality(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(municipality=code)

    def by_status(self, rows: QuerySet, code: str) -> QuerySet:
        """The code and its kinds: D-2 holds D-2-1. To an official none of the kinds that are for counsellors."""
        inside = StatusCode.objects.filter(Q(pk=code) | Q(parent=code))
        if is_official(self.viewer):
            inside = inside.filter(restricted=False)
        return rows.filter(status__in=[status.pk for status in inside])

    def by_expiring(self, rows: QuerySet, which: str) -> QuerySet:
        today = timezone.localdate()
        return rows.filter(status_expires_on__lt=today) if which == PAST else running_out(rows, today)

    def by_mine(self, rows: QuerySet, since: str) -> QuerySet:
        days = LATELY if since == "lately" else OWN
        return rows.filter(pk__in=own_clients(self.viewer, timezone.localdate() - timedelta(days=days)))


def own_clients(viewer: User, since: date) -> QuerySet:
    """Whom somebody counselled after a day, by id."""
    own = Session.objects.visible_to(viewer).filter(voided_at=None, counsellor=viewer, held_on__gt=since)
    return own.filter(client__isnull=False).values("client")


def running_out(clients: QuerySet, today: date) -> QuerySet:
    """Those whose status ends within 90 days from today."""
    return clients.filter(status_expires_on__gte=today, status_expires_on__lte=today + timedelta(days=SOON))


def _counsels_nobody(viewer: User) -> bool:
    return not scope_of(viewer).of("view_sessions")


def _rows(viewer: User) -> QuerySet:
    latest = Session.objects.visible_to(viewer).filter(client=OuterRef("pk"), voided_at=None).order_by("-held_on")
    last_own = latest.filter(counsellor=viewer).values("held_on")[:1]
    rows = Client.objects.visible_to(viewer).filter(merged_into=None)
    seen = Coalesce(Subquery(last_own), Value(NOT_YET), output_field=DateField())
    met = Coalesce(Subquery(latest.values("held_on")[:1]), Value(NOT_YET), output_field=DateField())
    rows = rows.annotate(met_on_or_never=met, seen_on_or_never=seen)
    return with_names(sortable(rows, "status_expires_on", "recorded_on"), viewer)


def _met_on(row: Client, viewer: User) -> date | None:
    """The day of the latest session."""
    return None if row.met_on_or_never == NOT_YET else row.met_on_or_never


def _status(row: Client, viewer: User) -> StatusShown:
    return status_shown(row.status, row.status_expires_on, viewer)


def _expiry(row: Client, viewer: User) -> date | str | None:
    status = _status(row, viewer)
    return now("To be checked") if status.check else status.expires_on


def _expiry_shown(row: Client, viewer: User) -> str:
    status = _status(row, viewer)
    if status.check:
        return format_html('<span class="badge badge--wait">{}</span>', now("To be checked"))
    day = status.expires_on.isoformat() if status.expires_on else ""
    return format_html('{} <span class="badge badge--wait">{}</span>', day, now("Past")) if status.expired else day


CLIENTS = register(
    Listing(
        code="clients",
        route="cases:clients",
        title=_("Clients"),
        caption=_("Clients you may read"),
        permission="view_clients",
        rows=_rows,
        beside=read_names,
        steady=True,
        columns=(
            Column(
                "names",
                _("Name"),
                value=lambda row, viewer: names_in_text(row),
                shown=lambda row, viewer: link(row.get_absolute_url(), names_shown(row)),
                css="table__long",
                order="name",
            ),
            Column(
                "number",
                _("Number"),
                value=lambda row, viewer: number_of(row),
                order="file",
            ),
            named("nationality", _("Nationality")),
            Column("status", _("Status of residence"), value=lambda row, viewer: _status(row, viewer).name),
            Column("expires", _("Status expires on"), value=_expiry, shown=_expiry_shown, order="expires"),
            named("language", _("Language")),
            named("municipality", _("Municipality")),
            Column(
                "latest",
                _("Latest session"),
                value=_met_on,
                permission="view_sessions",
                order="latest",
            ),
            field("recorded_on", _("Registered on"), order="registered"),
            named("workspace", _("Workspace")),
        ),
        orders=(
            Order("file", ("id",)),
            empty_last("expires", "status_expires_on", descending=False, hidden_from=is_official),
            Order("name", ("sorted_as", "id"), descending=False),
            Order("latest", ("met_on_or_never", "id"), hidden_from=_counsels_nobody),
            empty_last("registered", "recorded_on"),
            Order("seen", ("seen_on_or_never", "id"), hidden_from=_counsels_nobody),
        ),
        form=ClientFilterForm,
        template="cases/client_list.html",
        nothing=_("There are no clients here yet. A client appears here when their file is opened."),
    )
)
