from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.access import get_client_or_404
from cases.models import Session
from cases.selectors import identifiers_shown, status_shown

SESSIONS_SHOWN = 20


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    client = get_client_or_404(request.user, pk)
    sessions = Session.objects.visible_to(request.user).filter(client=client).for_list()
    return render(
        request,
        "cases/client_detail.html",
        {
            "client": client,
            "names": client.names.order_by("-kind"),
            "identifiers": identifiers_shown(client, request.user),
            "status": status_shown(client.status, client.status_expires_on, request.user),
            "sessions": sessions.order_by("-held_on", "-pk")[:SESSIONS_SHOWN],
        },
    )
