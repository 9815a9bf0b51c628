"""How a list says whose record a row is."""

from collections.abc import Iterable
from html import escape
from itertools import chain

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, OuterRef, Prefetch, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.models import Client, ClientName, Contact
from centers.listing.columns import Column, link, linked
from centers.prepared import attach, prepared

VOID = gettext_lazy("Void")
NAME = ("id", "workspace_id", "client_id", "kind", "text")  # of a name all but the keys that it is found by


def with_client(viewer: User, key: str = "client") -> list[Prefetch]:
    """The clients of the rows and their names, as far as the viewer may read them."""
    return [
        Prefetch(key, Client.objects.visible_to(viewer)),
        Prefetch(f"{key}__names", _visible_names(viewer).only(*NAME)),
    ]


def with_names(files: QuerySet[Client], viewer: User) -> QuerySet[Client]:
    """Files that come with what ``read_names`` makes their names of: one statement instead of two."""
    names = _visible_names(viewer).filter(client=OuterRef("pk"))
    told = Concat(Cast("pk", TextField()), Value(" "), "kind", Value(" "), "text", output_field=TextField())
    return files.annotate(names_told=ArraySubquery(names.values(told=told)))


def _visible_names(viewer: User) -> QuerySet[ClientName]:
    return ClientName.objects.visible_to(viewer).order_by("-kind", "pk")


def _told(file: Client) -> Iterable[ClientName]:
    for told in file.names_told:
        pk, kind, text = told.split(" ", 2)
        yield ClientName.from_db(DEFAULT_DB_ALIAS, NAME, [int(pk), file.workspace_id, file.pk, kind, text])


@prepared
def _files(viewer: User, *, ids: list[int]) -> QuerySet[Client]:
    return with_names(Client.objects.visible_to(viewer).filter(pk__in=ids), viewer)


@prepared
def _names(viewer: User, *, ids: list[int]) -> QuerySet[ClientName]:
    return _visible_names(viewer).filter(client__in=ids).only(*NAME)


def read_clients(rows: Iterable[Model], viewer: User, *, and_names_of: Iterable[Client] = ()) -> None:
    """Give rows their clients with their names, as ``with_client`` does in a queryset, by prepared statements; and
    files that were read already their names with them. For a file that was merged away it is the one that lives on.
    """
    rows = list(rows)
    files = living_files({row.client_id for row in rows if row.client_id is not None}, viewer)
    for row in rows:
        row._state.fields_cache["client"] = files.get(row.client_id)
    read_names([*files.values(), *and_names_of], viewer)


def read_files(places: Iterable[tuple[Model, str]], viewer: User) -> None:
    """Give rows the files that a key of theirs points to, with their names, as far as the viewer may read them: the
    files themselves, also where they were merged away.
    """
    places = [(row, row._meta.get_field(key)) for row, key in places]
    ids = {getattr(row, key.attname) for row, key in places} - {None}
    files = {file.pk: file for file in _files(viewer, ids=sorted(ids))}
    for row, key in places:
        row._state.fields_cache[key.name] = files.get(getattr(row, key.attname))
    read_names(files.values(), viewer)


def living_files(ids: Iterable[int], viewer: User) -> dict[int, Client]:
    """By the id of each file that the viewer reads the one that it is now: itself, or the one that took it in."""
    asked = set(ids)
    known = {file.pk: file for file in _files(viewer, ids=sorted(asked))}
    while into := {file.merged_into_id for file in known.values()} - known.keys() - {None}:
        found = {file.pk: file for file in _files(viewer, ids=sorted(into))}
        if not found:
            break
        known |= found
    return {pk: _living(known[pk], known) for pk in asked & known.keys()}


def _living(file: Client, known: dict[int, Client]) -> Client:
    while file.merged_into_id in known:
        file = known[file.merged_into_id]
    return file


def each_once(rows: Iterable[Model], beside: Client | None = None) -> list[Model]:
    """The rows whose files the viewer reads, each file once and ``beside`` not among them: of those that were merged
    into another one only that one is left.
    """
    found, known = [], {beside}
    for row in rows:
        client = readable_client(row)
        if client and client not in known:
            known.add(client)
            found.append(row)
    return found


def called(pk: int | None, viewer: User) -> str:
    """The names of a file by its id, where a text tells whose it is."""
    if pk is None:
        return _("Anonymous")
    file = living_files([pk], viewer).get(pk)
    if file is None:
        return _("Not open to you")
    read_names([file], viewer)
    return names_in_text(file)


@prepared
def _contacts(viewer: User, *, ids: list[int]) -> QuerySet[Contact]:
    return Contact.objects.visible_to(viewer).filter(client__in=ids).order_by("pk")


def read_contacts(clients: list[Client], viewer: User) -> None:
    """Give files their contacts."""
    attach(clients, "contacts", _contacts(viewer, ids=[client.pk for client in clients]))


def read_names(clients: Iterable[Client], viewer: User) -> None:
    """Give files their names, the one they go by first."""
    clients = list(clients)
    # A file may be among them twice, read with its names and without.
    told = {client.pk: client for client in clients if hasattr(client, "names_told")}
    left = sorted({client.pk for client in clients} - told.keys())
    attach(clients, "names", [*chain.from_iterable(map(_told, told.values())), *_names(viewer, ids=left)])


def readable_client(row: Model) -> Client | None:
    """The client of a row read ``with_client``; none where it has none or the viewer may not open the file."""
    return readable_file(row, "client")


def readable_file(row: Model, key: str) -> Client | None:
    """The file that a key of the row points to, read with ``read_files``; none where the viewer may not open it."""
    return getattr(row, key, None)  # where the file is hidden, asking for it is an AttributeError


def names_in_text(client: Client) -> str:
    """All names of a file, or its number where it shows none."""
    return " · ".join(name.text for name in client.names.all()) or number_of(client)


def named_with_number(client: Client) -> str:
    """Names and number of a file, where two of one name have to be told apart."""
    return _("%(names)s (file %(number)s)") % {"names": names_in_text(client), "number": number_of(client)}


def names_shown(client: Client) -> str:
    names = " · ".join(f"<bdi>{escape(name.text)}</bdi>" for name in client.names.all())
    return mark_safe(names) or number_of(client)  # noqa: S308  (each name is escaped)


def number_of(row: Model) -> str:
    """The number under which a record is known."""
    return row.ref or f"{row.workspace_id}-{row.pk}"


def merge_in_words(gone: Client) -> str:
    """What is said to whoever asks for a file that was merged away, on the page of the file that lives on."""
    return _("The file %(number)s was merged into this one.") % {"number": number_of(gone)}


def client_column(label: str = gettext_lazy("Client")) -> Column:
    return Column("client", label, value=_in_text, shown=_shown, css="table__long", main=True)


def _in_text(row: Model, viewer: User) -> str:
    if row.client_id is None:
        return _("Anonymous")
    client = readable_client(row)
    return names_in_text(client) if client else _("Not open to you")


def _shown(row: Model, viewer: User) -> str:
    client = readable_client(row)
    if client is None:
        return format_html('<span class="muted">{}</span>', _in_text(row, viewer))
    return link(client.get_absolute_url(), names_shown(client))


def day_column(key: str, label: str, **options) -> Column:
    """The day that leads to the row's own page, with a mark where the row is void."""
    return Column(key, label, value=lambda row, viewer: getattr(row, key), shown=_day_shown(key), main=True, **options)


def _day_shown(key: str):
    def shown(row: Model, viewer: User) -> str:
        day = linked(getattr(row, key), row)
        if getattr(row, "voided_at", None) is None:
            return day
        return format_html('{} <span class="badge badge--bad">{}</span>', day, VOID)

    return shown


def number_column() -> Column:
    return Column("number", gettext_lazy("Number"), value=lambda row, viewer: number_of(row))
