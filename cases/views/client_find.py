from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from cases.employment import WHOLE_NUMBER, employers_now
from cases.models import Client, ClientName, Contact, Identifier
from cases.models.keys import digits_of, telephone
from cases.search import hashes_of, key_of, plainly, search
from centers.access import require_anywhere
from centers.selectors import scope_of

SHOWN = 12


@never_cache
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """The clients for whom this person may log a session and who fit what was typed, as choices of a list.

    A choice is exact where one of its names, its numbers or its telephones is the very text. A name that is read so
    in Korean is not: several signs are.
    """
    require_anywhere(request.user, "work_sessions")
    text = request.POST.get("q", "")
    results = search(request.user, text)
    mine = scope_of(request.user).of("work_sessions")
    clients = [client for client in results.clients if client.workspace_id in mine]
    exact = _exact(request.user, clients, text)
    clients.sort(key=lambda client: client.pk not in exact)
    employers = employers_now(clients[:SHOWN], request.user)
    found = [
        {
            "client": client,
            "names": client.names.all(),
            "exact": client.pk in exact,
            "employers": employers.get(client.pk, []),
        }
        for client in clients[:SHOWN]
    ]
    more = results.more or len(clients) > SHOWN
    return render(
        request, "cases/session_new/_found.html", {"found": found, "told": results.problem or _told(len(found), more)}
    )


def _told(number: int, more: bool) -> str:
    if not number:
        return _("Nobody here fits.")
    if more:
        return _("More fit than are shown. Type more of the name.")
    return ngettext("%(number)d client fits.", "%(number)d clients fit.", number) % {"number": number}


def _exact(viewer: User, clients: list[Client], text: str) -> set[int]:
    """Those of whom the text is a whole name, a whole number of the file or of the state, or a whole telephone."""
    if not clients:
        return set()
    text = plainly(text)
    number = text.casefold()
    numbered = {client.pk for client in clients if number in {client.ref.casefold(), str(client).casefold()}}
    return numbered | {pk for rows in _wholly(viewer, clients, text) for pk in rows}


def _wholly(viewer: User, clients: list[Client], text: str) -> Iterator[Iterable[int]]:
    if key := key_of(text):
        names = ClientName.objects.visible_to(viewer).filter(client__in=clients, key=key)
        yield names.values_list("client_id", flat=True)
    if hashes := hashes_of(text):
        numbers = Identifier.objects.visible_to(viewer).filter(client__in=clients, digest__in=hashes)
        yield numbers.values_list("client_id", flat=True)
    if len(digits_of(text)) >= WHOLE_NUMBER:
        contacts = Contact.objects.visible_to(viewer).filter(client__in=clients)
        told = contacts.values_list("client_id", "value")
        yield [client for client, value in told if telephone(value) == telephone(text)]
