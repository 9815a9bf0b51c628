"""What the start page reminds of, put off by the person it reminds and taken up again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cases.access import get_client_or_404, get_session_or_404
from cases.deadline_forms import PutOffForm
from cases.models import Client, PutOff, Session
from cases.services.reminder import put_off_follow_up, put_off_status, take_up
from cases.views.returning import back_to_today, row_of
from centers.selectors import is_official


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_later(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_session_or_404(request.user, pk, "work_sessions")
    if session.client_id is None or session.follow_up_on is None:
        raise Http404
    form = PutOffForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _confirmed(request, put_off_follow_up(actor=request.user, session=session, **form.cleaned_data))
    lead = _("Follow-up of %(day)s. It stays on the session; it leaves your list until the day you choose.")
    return _page(request, form, lead % {"day": session.follow_up_on.isoformat()}, session)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def status_later(request: HttpRequest, pk: int) -> HttpResponse:
    client = get_client_or_404(request.user, pk, "work_clients")
    if is_official(request.user):
        raise PermissionDenied(_("Statuses that run out are reminded of by counsellors who are no officials."))
    form = PutOffForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _confirmed(request, put_off_status(actor=request.user, client=client, **form.cleaned_data))
    lead = _("The client leaves the list of statuses that run out until the day you choose.")
    return _page(request, form, lead, client)


def _page(request: HttpRequest, form: PutOffForm, lead: str, about: Session | Client) -> HttpResponse:
    context = {
        "form": form,
        "title": _("Put off a reminder"),
        "lead": lead,
        "action": _("Put off"),
        "back": f"{reverse('home')}#{row_of(about)}",
    }
    return render(request, "cases/form.html", context, status=400 if form.errors else 200)


def _confirmed(request: HttpRequest, row: PutOff) -> HttpResponse:
    row.refresh_from_db()
    messages.success(request, _("Put off: it comes up again on %(day)s.") % {"day": row.until.isoformat()})
    return redirect(back_to_today(request) or "home")


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Into the list again, before its day."""
    if not take_up(actor=request.user, pk=pk):
        raise Http404
    messages.success(request, _("The reminder is in your list again."))
    return redirect(back_to_today(request) or "home")
