from collections.abc import Iterable

from accounts.models import User
from cases.models import Client
from centers.querysets import get_visible_or_404
from centers.selectors import scope_of
from visas.models import VisaCase, Voucher


def get_visa_case_or_404(user: User, pk: int) -> VisaCase:
    """The visa case for a view: 404 if the person may not know of it."""
    return get_visible_or_404(VisaCase, user, pk)


def get_voucher_or_404(user: User, pk: int) -> Voucher:
    """The voucher for a view: 404 if the person may not know of it."""
    return get_visible_or_404(Voucher, user, pk)


def own_files(cases: Iterable[VisaCase], viewer: User) -> dict[int, Client]:
    """By the case, whose it is: the file that it hangs on, else the viewer's own file of the same person.

    A centre reads the cases of its clients at other offices by this alone, and so knows them by its own file.
    """
    cases = list(cases)
    own = scope_of(viewer).of("view_clients")
    rows = Client.objects.visible_to(viewer).prefetch_related("names")
    readable = {client.pk: client for client in rows.filter(pk__in=[case.client_id for case in cases])}
    others = {case.person_id for case in cases if case.client_id not in readable}
    mine = rows.filter(person__in=others, workspace__in=own, merged_into=None) if others and own else ()
    by_person = {client.person_id: client for client in mine}
    found = {case.pk: readable.get(case.client_id) or by_person.get(case.person_id) for case in cases}
    return {pk: client for pk, client in found.items() if client}
