"""One's own drafts as a list: where each stopped, and never what was typed."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.client_form import ClientForm
from cases.drafted import DraftedForm
from cases.listings.people import client_column, read_clients
from cases.models import Draft
from cases.models.draft import KEPT_UNTOUCHED, DraftKind
from cases.new_session_form import NewSessionForm
from centers.listing import CodeField, Column, FilterForm, Listing, Order, SwitchField, WorkspaceField, register
from centers.listing.columns import linked, named

FORMS: dict[str, type[DraftedForm]] = {DraftKind.SESSION: NewSessionForm, DraftKind.CLIENT: ClientForm}
NEW, CORRECTION = "session", "correction"
OF_KIND = {
    NEW: {"kind": DraftKind.SESSION, "session": None},
    CORRECTION: {"kind": DraftKind.SESSION, "session__isnull": False},
    DraftKind.CLIENT.value: {"kind": DraftKind.CLIENT},
}
KINDS = {NEW: _("Session"), CORRECTION: _("Correction"), DraftKind.CLIENT.value: _("Client file")}


class DraftFilterForm(FilterForm):
    permission = "work_clients"

    workspace = WorkspaceField(label=_("Workspace"))
    kind = CodeField(choices=list(KINDS.items()), label=_("Kind"))
    versions = SwitchField(label=_("Two versions"))

    def by_kind(self, rows: QuerySet, kind: str) -> QuerySet:
        return rows.filter(**OF_KIND[kind])

    def by_versions(self, rows: QuerySet, on: str) -> QuerySet:
        return rows.exclude(rivals={})


def _rows(viewer: User) -> QuerySet:
    return Draft.objects.visible_to(viewer).filter(discarded_at=None)


def kind_of(row: Draft) -> str:
    if row.kind == DraftKind.SESSION and row.session_id:
        return str(KINDS[CORRECTION])
    return str(KINDS[row.kind])


def ends_on(row: Draft):
    """The day on which a draft is deleted unless somebody goes on with it."""
    return timezone.localdate(row.updated_at + timedelta(days=KEPT_UNTOUCHED))


def _minute(row: Draft, key: str) -> str:
    return f"{timezone.localtime(getattr(row, key)):%Y-%m-%d %H:%M}"


def _typed_last(row: Draft, viewer: User) -> SafeString:
    return linked(_minute(row, "updated_at"), row)


WITH_WHOM = client_column()


def _with_whom(row: Draft, viewer: User) -> str:
    if row.kind == DraftKind.CLIENT and row.client_id is None:
        return now("New client")
    return WITH_WHOM.value(row, viewer)


def _with_whom_shown(row: Draft, viewer: User) -> str:
    known = row.kind == DraftKind.SESSION or row.client_id
    return WITH_WHOM.shown(row, viewer) if known else _with_whom(row, viewer)


def _stopped(row: Draft, viewer: User) -> str:
    return FORMS[row.kind].stopped_at(row.fields)


def _versions(row: Draft, viewer: User) -> str:
    return now("Two versions") if row.asks else ""


DRAFTS = register(
    Listing(
        code="drafts",
        route="cases:drafts",
        title=_("Drafts"),
        caption=_("What you have typed and not put on record, the last that was typed first"),
        permission="work_clients",
        rows=_rows,
        beside=read_clients,
        columns=(
            Column(
                "updated", _("Typed last"), value=lambda row, viewer: _minute(row, "updated_at"), shown=_typed_last,
                order="updated",
            ),
            Column("started", _("Started"), value=lambda row, viewer: _minute(row, "started_at"), order="started"),
            Column("kind", _("Kind"), value=lambda row, viewer: kind_of(row)),
            Column("client", _("Client"), value=_with_whom, shown=_with_whom_shown, css="table__long"),
            Column("topic", _("Topic"), value=lambda row, viewer: NewSessionForm.topic_of(row.fields)),
            Column("stopped", _("How far"), value=_stopped, css="table__long"),
            Column("versions", _("Versions"), value=_versions),
            Column("ends", _("Deleted on"), value=lambda row, viewer: ends_on(row)),
            named("workspace", _("Workspace")),
        ),
        orders=(Order("updated", ("updated_at", "id")), Order("started", ("started_at", "id"))),
        form=DraftFilterForm,
        nothing=_(
            "No draft waits. What you type into a session or a client file is kept here by itself until it is on "
            "record."
        ),
        exported=False,  # what is not on record yet is nobody's to take out
    )
)  # fmt: skip
