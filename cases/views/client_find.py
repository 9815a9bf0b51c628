from django.db.models import Func, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from cases.employment import WHOLE_NUMBER, employers_now
from cases.models import Client, ClientName, Contact
from cases.models.keys import KEY, digits_of
from cases.search import search
from centers.access import require_anywhere
from centers.selectors import scope_of

SHOWN = 12


@never_cache
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """The clients for whom this person may log a session and who fit what was typed, as choices of a list.

    A choice is exact where one of its names, its number or its telephone is the very text.
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
    if not clients:
        return set()
    key = Func(Value(" ".join(text.split())), Value(1), function="wall.name_key", output_field=KEY)
    names = ClientName.objects.visible_to(viewer).filter(client__in=clients, key=key).exclude(key="")
    by_name = names.values_list("client_id", flat=True)
    numbered = {client.pk for client in clients if text.strip() in {client.ref, str(client)}}
    return set(by_name) | numbered | _telephoned(viewer, clients, digits_of(text))


def _telephoned(viewer: User, clients: list[Client], digits: str) -> set[int]:
    """Those with this whole telephone number."""
    if len(digits) < WHOLE_NUMBER:
        return set()
    rows = Contact.objects.visible_to(viewer).filter(client__in=clients, digits_backwards=digits[::-1])
    return set(rows.values_list("client_id", flat=True))
