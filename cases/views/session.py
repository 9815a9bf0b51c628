from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.access import get_session_or_404
from cases.listings import SESSIONS
from cases.selectors import status_shown
from centers.views.listing import show


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return show(request, SESSIONS)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_session_or_404(request.user, pk)
    return render(
        request,
        "cases/session_detail.html",
        {
            "session": session,
            "names": session.client.names.all() if session.client else [],
            "issues": session.issues.select_related("topic"),
            "status": status_shown(session.status, None, request.user),
        },
    )
