from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.deadline_forms import DeadlineForm, PutOffForm
from cases.listings import DEADLINES
from cases.listings.people import names_in_text
from cases.models import Deadline, Session
from cases.services.deadline import end_deadline, start_deadline
from cases.services.reminder import put_off_deadline
from cases.views.returning import back_to_today, row_of
from centers.querysets import get_visible_or_404
from centers.refusals import sentence
from centers.selectors import is_official
from centers.views.listing import show


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    if is_official(request.user):
        raise PermissionDenied(_("Deadlines are noted by counsellors who are no officials."))
    return show(request, DEADLINES)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """A deadline of the client of a session."""
    session = get_visible_or_404(Session, request.user, pk, "work_sessions")
    if is_official(request.user):
        raise PermissionDenied(_("Deadlines are noted by counsellors who are no officials."))
    if session.client_id is None:
        messages.info(request, _("Nobody can be reminded of an anonymous session. Log it with a client first."))
        return redirect(session)
    sent = request.POST if request.method == "POST" else None
    form = DeadlineForm(sent, session=session, kind=request.GET.get("kind", ""))
    if form.is_valid():
        try:
            with transaction.atomic():
                deadline = start_deadline(actor=request.user, session=session, **form.cleaned_data)
        except IntegrityError as error:
            form.add_error(None, sentence(error))
        else:
            deadline.refresh_from_db()
            told = {"kind": deadline.kind, "day": deadline.due_on.isoformat()}
            messages.success(request, _("On record: %(kind)s, last day %(day)s.") % told)
            return redirect(deadline)
    words = {
        "title": _("Note a deadline"),
        "lead": _("It comes up on your start page until the thing is done."),
        "action": _("Note it"),
    }
    return _form_page(request, form, session, words)


@never_cache
@require_POST
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """The thing is done; with ``again`` it was not, and the deadline runs again."""
    deadline = _deadline(request, pk)
    again = "again" in request.POST
    end_deadline(deadline, done=not again)
    told = {"kind": deadline.kind, "day": deadline.due_on.isoformat()}
    if again:
        messages.success(request, _("Runs again: %(kind)s, last day %(day)s.") % told)
    else:
        messages.success(request, _ended(deadline, told))
    return redirect(back_to_today(request) or deadline)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def later(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a deadline off, with a reason."""
    deadline = _deadline(request, pk)
    form = PutOffForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        row = put_off_deadline(actor=request.user, deadline=deadline, **form.cleaned_data)
        row.refresh_from_db()
        told = {"kind": deadline.kind, "day": row.until.isoformat()}
        messages.success(request, _("Put off: %(kind)s comes up again on %(day)s.") % told)
        return redirect(back_to_today(request) or deadline)
    last_day = (f"{deadline.kind} ·", _("Last day"), f"{deadline.due_on.isoformat()}.")
    words = {
        "title": _("Put off a deadline"),
        "lead": " ".join((*last_day, _("The last day stays what it is."))),
        "action": _("Put off"),
    }
    return _form_page(request, form, deadline, words)


def _ended(deadline: Deadline, told: dict) -> SafeString:
    """Whose deadline has ended, and the button of the page's own form (``_deadline_done.html``) that takes it back."""
    said = _("Done: %(client)s, %(kind)s, last day %(day)s.") % {"client": names_in_text(deadline.client), **told}
    button = '{} <button type="submit" class="button button--quiet" form="again-{}" name="again" value="1">{}</button>'
    return format_html(button, said, deadline.pk, _("Not done yet"))


def _form_page(request: HttpRequest, form: Form, about: Session | Deadline, words: dict[str, str]) -> HttpResponse:
    back = f"{reverse('home')}#{row_of(about)}" if back_to_today(request) else about.get_absolute_url()
    context = {"form": form, "back": back, **words}
    return render(request, "cases/form.html", context, status=400 if form.errors else 200)


def _deadline(request: HttpRequest, pk: int) -> Deadline:
    return get_visible_or_404(Deadline, request.user, pk, "work_sessions")
