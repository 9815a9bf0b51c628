"""The record of changes: roles, sign-ins, imports, exports and the like, as far as the reader reviews them."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit.models import RIGHTS, Action, AuditEntry
from centers.holders import places_of
from centers.listing import CodeField, Column, Listing, Order, find, register
from centers.listing.columns import moment_column
from centers.listing.log import LogFilterForm
from centers.models import ExportFormat, Role
from centers.selectors import scope_of

# What of the record of changes belongs together.
CHANGES = {
    "rights": (gettext_lazy("Roles and accounts"), RIGHTS),
    "signs": (
        gettext_lazy("Signing in and out"),
        (Action.SIGNED_IN, Action.SIGNED_OUT, Action.SIGN_IN_FAILED, Action.PASSWORD_CHOSEN),
    ),
    "province": (gettext_lazy("Worked on the whole province"), (Action.PROVINCE_ENTERED,)),
    "files": (gettext_lazy("Imports"), (Action.WORKBOOK_IMPORTED,)),
    "exports": (gettext_lazy("Exports"), (Action.LIST_EXPORTED, Action.FILE_DOWNLOADED)),
    "figures": (gettext_lazy("Figures"), (Action.FIGURE_ENTERED,)),
    "identities": (
        gettext_lazy("Identities and files"),
        (Action.PERSONS_JOINED, Action.PERSONS_PARTED, Action.CLIENTS_MERGED, Action.CLIENTS_PARTED),
    ),
}


class EntryFilterForm(LogFilterForm):
    kind = CodeField(choices=[(kind, words) for kind, (words, _actions) in CHANGES.items()], label=_("Kind"))

    def by_user(self, rows: QuerySet, user: str) -> QuerySet:
        return rows.filter(actor=int(user))

    def by_workspace(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(workspace_id=self.place(code))

    def by_kind(self, rows: QuerySet, kind: str) -> QuerySet:
        return rows.filter(action__in=CHANGES[kind][1])


def _rows(viewer: User) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.visible_to(viewer, scope_of(viewer)).select_related("actor")


def tell(entries: Iterable[AuditEntry], viewer: User) -> None:
    """Give entries their words: ``place``, where it was done, and ``detail``, what the entry says beyond its kind."""
    entries = list(entries)
    places = places_of(entry.workspace_id for entry in entries)
    people = User.objects.in_bulk({pk for entry in entries if (pk := _whom(entry))})
    for entry in entries:
        entry.place = places.get(entry.workspace_id)
        entry.detail = _detail(entry, people, viewer)


def _whom(entry: AuditEntry) -> int | None:
    """The member of staff whom an entry is about."""
    return entry.target_id if entry.target_type == User._meta.label_lower else entry.data.get("user")


def _detail(entry: AuditEntry, people: dict[int, User], viewer: User) -> str:
    data = entry.data
    whom = str(people.get(_whom(entry), ""))
    if entry.action in RIGHTS and "role" in data:
        first, last = data.get("starts_on") or "", data.get("ends_on") or ""
        told = [f"{whom} · {Role(data['role']).label} · {first} ~ {last}", data.get("reason")]
        return " · ".join(filter(None, told))
    taken = _taken(data, viewer) if "listing" in data else []
    names = ("code", "address", "reason", "indicator", "year", "value")
    return " · ".join(str(part) for part in (whom, *taken, *map(data.get, names)) if part not in (None, ""))


def _taken(data: dict, viewer: User) -> list[str]:
    """What a file holds: the list, how many rows, in which format, and what it was narrowed to."""
    try:
        listing = find(data["listing"], data.get("filters"))
    except KeyError:  # a list of an earlier version
        return [data["listing"]]
    rows = _("%(number)s rows") % {"number": f"{data.get('rows', 0):,}"}
    format = ExportFormat(data["format"]).label if "format" in data else None
    return [part for part in (str(listing.title), rows, format, *_narrowed(listing, data, viewer)) if part]


def _narrowed(listing: Listing, data: dict, viewer: User) -> list[str]:
    """The filters in the reader's words; the code where the reader may not choose it."""
    filters = {name: code for name, code in (data.get("filters") or {}).items() if name not in dict(listing.of)}
    form = listing.form(filters, viewer=viewer)
    named = dict(zip(form.chosen, form.in_words, strict=True))
    labels = {name: form.fields[name].label for name in filters if name in form.fields}
    told = (named.get(name, (labels.get(name, name), value)) for name, value in filters.items())
    return [f"{label}: {value}" for label, value in told]


def _actor(entry: AuditEntry, viewer: User) -> str:
    return str(entry.actor or _("Nobody signed in"))


def _actor_shown(entry: AuditEntry, viewer: User) -> str:
    return str(entry.actor) if entry.actor else format_html('<span class="muted">{}</span>', _actor(entry, viewer))


ENTRIES = register(
    Listing(
        code="entries",
        route="audit:entries",
        title=gettext_lazy("Record of changes"),
        caption=gettext_lazy("Entries of the record of changes"),
        permission="",
        rows=_rows,
        beside=tell,
        columns=(
            moment_column("at", gettext_lazy("When"), order="at"),
            Column("actor", gettext_lazy("Member of staff"), value=_actor, shown=_actor_shown),
            Column("action", gettext_lazy("What"), value=lambda row, viewer: row.get_action_display()),
            Column(
                "detail",
                gettext_lazy("Details"),
                value=lambda row, viewer: row.detail,
                shown=lambda row, viewer: row.detail or "–",
                css="table__wide",
            ),
            Column("workspace", gettext_lazy("Workspace"), value=lambda row, viewer: str(row.place or "")),
        ),
        orders=(Order("at", ("at", "id")),),
        form=EntryFilterForm,
        template="audit/entry_list.html",
        nothing=gettext_lazy("There are no entries here yet."),
    )
)
