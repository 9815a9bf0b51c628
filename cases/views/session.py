from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.access import get_session_or_404
from cases.forms import SessionFilterForm
from cases.models import Session
from cases.selectors import status_shown
from centers.access import require_anywhere
from centers.paging import newest_first, page_links
from centers.selectors import workspaces_where


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    require_anywhere(request.user, "view_sessions")
    form = SessionFilterForm(request.GET or None, workspaces=workspaces_where(request.user, "view_sessions"))
    sessions = Session.objects.visible_to(request.user).for_list()
    if form.is_bound:
        form.is_valid()
        sessions = _narrowed(sessions, form.cleaned_data)
    page = newest_first(sessions, "held_on", request.GET.get("after", ""), salt="cases.sessions")
    return render(
        request, "cases/session_list.html", {"form": form, "page": page, "links": page_links(page, **_kept(form))}
    )


def _narrowed(sessions: QuerySet, chosen: dict) -> QuerySet:
    if chosen.get("workspace"):
        sessions = sessions.filter(workspace=chosen["workspace"])
    if chosen.get("month"):
        start = chosen["month"]
        end = (start + timedelta(days=31)).replace(day=1)
        sessions = sessions.filter(held_on__gte=start, held_on__lt=end)
    return sessions


def _kept(form: SessionFilterForm) -> dict[str, str]:
    """What of the filter goes into the link to the next page: a workspace's code and a month, nothing of people."""
    chosen = getattr(form, "cleaned_data", {})
    kept = {}
    if chosen.get("workspace"):
        kept["workspace"] = chosen["workspace"].code
    if chosen.get("month"):
        kept["month"] = f"{chosen['month']:%Y-%m}"
    return kept


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
