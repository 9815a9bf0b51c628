from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cases.listings.people import read_clients, readable_client
from cases.models import Client
from centers.models import Workspace, WorkspaceKind
from centers.querysets import get_visible_or_404
from centers.selectors import scope_of
from visas.models import VisaCase, Voucher


def get_visa_case_or_404(user: User, pk: int) -> VisaCase:
    """The visa case for a view: 404 if the person may not know of it."""
    return get_visible_or_404(VisaCase, user, pk)


def get_voucher_or_404(user: User, pk: int) -> Voucher:
    """The voucher for a view: 404 if the person may not know of it."""
    return get_visible_or_404(Voucher, user, pk)


def universities_of(user: User, permission: str = "view_clients") -> QuerySet[Workspace]:
    """The universities whose students the person reads, or with another permission works on."""
    return Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY, pk__in=scope_of(user).of(permission))


def require_university(user: User, permission: str = "view_clients") -> None:
    """Raises PermissionDenied unless the person looks after the students of a university."""
    if not universities_of(user, permission).exists():
        raise PermissionDenied(_("This page is for those who look after the students of a university."))


def read_files(rows: Iterable[Model], viewer: User) -> None:
    """Give cases, vouchers or checks the files that ``own_files`` knows them by, for a list."""
    rows = list(rows)
    read_clients(rows, viewer)
    know_files(rows, viewer)


def know_files(rows: Iterable[Model], viewer: User) -> None:
    """Where the file that a row hangs on was asked for and is not open, give it the viewer's own of the person."""
    unknown = [row for row in rows if readable_client(row) is None]
    files = own_files(unknown, viewer) if unknown and scope_of(viewer).of("view_clients") else {}
    for row in unknown:
        row._state.fields_cache["client"] = files.get(row.pk)


def own_files(rows: Iterable[Model], viewer: User) -> dict[int, Client]:
    """By the row, whose it is: the file that it hangs on, else the viewer's own file of the same person.

    A centre reads the cases, vouchers and checks of its clients at other offices by this alone, and so knows them by
    its own file. The rows are of one model.
    """
    rows = list(rows)
    own = scope_of(viewer).of("view_clients")
    files = Client.objects.visible_to(viewer).prefetch_related("names")
    readable = {client.pk: client for client in files.filter(pk__in=[row.client_id for row in rows])}
    others = {row.person_id for row in rows if row.client_id not in readable}
    mine = files.filter(person__in=others, workspace__in=own, merged_into=None) if others and own else ()
    by_person = {client.person_id: client for client in mine}
    found = {row.pk: readable.get(row.client_id) or by_person.get(row.person_id) for row in rows}
    return {pk: client for pk, client in found.items() if client}
