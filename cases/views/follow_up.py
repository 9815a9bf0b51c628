"""The follow-up of a session, ended without another session, and taken up again."""

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cases.access import get_session_or_404
from cases.models import Session
from cases.services.follow_up import end_follow_up, keep_follow_ups, take_follow_up_again
from cases.views.returning import back_to_today
from centers.refusals import sentence


class EndForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, widget=forms.TextInput(attrs={"autofocus": True})
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """No session is needed any more, for a reason. One that waits no more leads back."""
    session = get_session_or_404(request.user, pk, "work_sessions")
    if not Session.objects.visible_to(request.user).promised().filter(pk=pk).exists():
        if session.follow_up_on is None:
            raise Http404
        messages.info(request, _("This follow-up has ended already."))
        return redirect(back_to_today(request) or session)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = end_follow_up(actor=request.user, session=session, reason=form.cleaned_data["reason"])
        answer.refresh_from_db()
        told = {"day": answer.promised_on.isoformat(), "reason": answer.reason}
        messages.success(request, _("Ended: the follow-up of %(day)s, since %(reason)s.") % told)
        return redirect(back_to_today(request) or session)
    context = {
        "form": form,
        "title": _("End a follow-up"),
        "lead": _("Follow-up of %(day)s. Say why no further session is needed: it stays on the session.")
        % {"day": session.follow_up_on.isoformat()},
        "action": _("End it"),
        "back": back_to_today(request) or session.get_absolute_url(),
    }
    return render(request, "cases/form.html", context, status=400 if form.errors else 200)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """It was not kept after all, and waits again."""
    session = get_session_or_404(request.user, pk, "work_sessions")
    if session.follow_up_on and take_follow_up_again(session=session):
        told = {"day": session.follow_up_on.isoformat()}
        messages.success(request, _("The follow-up of %(day)s waits again.") % told)
    return redirect(session)


@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """A session on record keeps what an earlier one promised (``promised``)."""
    session = get_session_or_404(request.user, pk, "work_sessions")
    asked = request.POST.get("promised", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        raise Http404
    promised = get_session_or_404(request.user, int(asked), "work_sessions")
    if promised.follow_up_on is None:
        raise Http404
    told = {"day": promised.follow_up_on.isoformat(), "topic": promised.topic}
    try:
        with transaction.atomic():
            keep_follow_ups(actor=request.user, promised=[promised], by=session)
    except IntegrityError as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("Kept: the follow-up of %(day)s, %(topic)s.") % told)
    return redirect(session)
