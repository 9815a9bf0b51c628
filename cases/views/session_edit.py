"""A session on record, corrected or voided. What was typed is kept as with a new one."""

from collections.abc import Sequence
from uuid import NAMESPACE_OID, UUID, uuid5

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from cases.access import get_client_if_readable, get_client_or_404, get_session_or_404
from cases.completion import still_missing
from cases.forms import SessionForm
from cases.listings.people import names_in_text
from cases.meanwhile import Meanwhile, Versions, remembered
from cases.models import Client, Draft, Session
from cases.services.correction import correct_session, count_again, held_still, void_session
from cases.session_values import CLIENT, texts_of, texts_typed
from cases.views.drafted import lead_to, on_screen
from cases.views.session import queue_named
from cases.views.session_new import FIELD_OF, client_named, form_context, say_how_many
from centers.refusals import rule_of, sentence

LONGEST_REASON = 200


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a session on record. What somebody else changed meanwhile is told, and nothing is written then."""
    session = get_session_or_404(request.user, pk, "work_sessions")
    if request.method == "POST":
        return _sent(request, held_still(session))
    if session.voided_at:
        _say_void(request)
        return redirect(session)
    draft, theirs = _draft_of(request, session), texts_of(session)
    typed = {CLIENT: _of(draft.client)} | draft.texts if draft else {}
    versions = Versions(remembered("".join(typed.get("seen", []))) if draft else theirs, theirs, typed)
    token = draft.token if draft else _token(session, request.user)
    form = _form(request, session, versions, token, client_named(request))
    return _page(request, session, form, draft=draft, others=_told(request, versions, form))


def _sent(request: HttpRequest, session: Session) -> HttpResponse:
    client = client_named(request) or _client(request, session.client_id)
    form = SessionForm(request.POST, **_about(request, session), client=client)
    versions = Versions(remembered(request.POST.get("seen", "")), texts_of(session), texts_typed(form))
    others = _told(request, versions, form)
    if session.voided_at:
        _say_void(request)
        return _page(request, session, form, others=others, status=409)
    if not form.is_valid():
        return _page(request, session, form, status=400)
    if others:
        again = _form(request, session, versions, form.cleaned_data["token"])
        return _page(request, session, again, others=others, status=409)
    lacked = bool(still_missing(session, request.user))
    if _corrected(form, request, session, versions):
        return _confirmed(request, session, lacked=lacked)
    return _page(request, session, form, status=400)


def _say_void(request: HttpRequest) -> None:
    messages.info(request, _("This session is void. Let it count again before you correct it."))


def _page(
    request: HttpRequest,
    session: Session,
    form: SessionForm,
    *,
    draft: Draft | None = None,
    others: Sequence[Meanwhile] = (),
    status: int = 200,
) -> HttpResponse:
    context = form_context(request, form, form.client, draft) | {
        "session": session,
        "page": reverse("cases:session_edit", args=[session.pk]),
        "others": others,
        "queue": queue_named(request.POST or request.GET),
    }
    return render(request, "cases/session_edit.html", context, status=status)


def _token(session: Session, actor: User) -> UUID:
    """One form for each person and session: two windows of theirs write versions of one draft."""
    return uuid5(NAMESPACE_OID, f"session:{session.pk}:{actor.pk}")


def _draft_of(request: HttpRequest, session: Session) -> Draft | None:
    """What the person typed into this form before and did not finish."""
    drafts = Draft.objects.visible_to(request.user).filter(session=session, discarded_at=None)
    asked = request.GET.get("draft", "")
    try:
        return (drafts.filter(token=UUID(asked)) if asked else drafts.order_by("-updated_at")).first()
    except ValueError:
        raise BadRequest from None


def _client(request: HttpRequest, pk: int | None) -> Client | None:
    return get_client_or_404(request.user, pk) if pk else None


def _of(client: Client | None) -> list[str]:
    return [str(client.pk)] if client else []


def _form(
    request: HttpRequest, session: Session, versions: Versions, token: UUID, chosen: Client | None = None
) -> SessionForm:
    """The form that goes on with all versions; ``chosen`` is another client than they say."""
    fields = versions.merged()
    client = chosen or _client(request, int(fields[CLIENT][0]) if fields.get(CLIENT) else None)
    initial = SessionForm.initial_of(fields) | {"token": token}
    return SessionForm(initial=initial, **_about(request, session), client=client)


def _about(request: HttpRequest, session: Session) -> dict:
    """Who corrects, and what the form has to know of the session as it is on record."""
    return {"actor": request.user, "centers": [session.workspace], "held": session.held_on}


def _told(request: HttpRequest, versions: Versions, form: SessionForm) -> list[Meanwhile]:
    """What others changed, whom it is about before the fields."""
    told = versions.told(form)
    if CLIENT not in versions.overtaken():
        return told
    names = [_named(request, side.get(CLIENT, [])) for side in (versions.before, versions.theirs, versions.mine)]
    typed = names.pop() if CLIENT in versions.touched() else ""
    return [Meanwhile(_("Client"), *names[:2], typed), *told]


def _named(request: HttpRequest, texts: list[str]) -> str:
    client = get_client_if_readable(request.user, int(texts[0])) if texts and texts[0].isdecimal() else None
    return names_in_text(client) if client else _("Anonymous")


def _corrected(form: SessionForm, request: HttpRequest, session: Session, versions: Versions) -> bool:
    """Whether it is on record now; else the form says why not."""
    changed = versions.touched()
    before, chosen = set(versions.theirs["other_topics"]), form.cleaned_data["other_topics"]
    added = [topic for topic in chosen if topic.pk not in before]
    removed = before - {topic.pk for topic in chosen}
    try:
        with transaction.atomic():
            correct_session(
                actor=request.user,
                session=session,
                told={name: value for name, value in form.told.items() if name in changed},
                client=form.client,
                further=(added, removed),
                others=form.cleaned_data.get("others") if "others" in changed else None,
                form_token=form.cleaned_data["token"],
                seen=on_screen(request),
                reason=form.cleaned_data.get("change_reason", ""),
            )
    except IntegrityError as error:
        field = FIELD_OF.get(rule_of(error))
        form.add_error(field if field in form.fields else None, sentence(error))
        return False
    return True


def _confirmed(request: HttpRequest, session: Session, *, lacked: bool) -> HttpResponse:
    """Say what is on record now, read again. From one that has been completed the way leads on to the next."""
    held = Session.objects.visible_to(request.user).get(pk=session.pk)
    told = {"day": held.held_on.isoformat(), "topic": held.topic, "language": held.language, "center": held.workspace}
    messages.success(
        request, _("Corrected and on record: session of %(day)s, %(topic)s, %(language)s, %(center)s.") % told
    )
    say_how_many(request, held)
    completed = lacked and not still_missing(held, request.user)
    queue = f"?queue={queue_named(request.POST)}" if completed else ""
    return lead_to(request, f"{held.get_absolute_url()}{queue}")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=LONGEST_REASON, widget=forms.TextInput(attrs={"autofocus": True})
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """The session counts no more, for a reason; it stays in sight."""
    session = get_session_or_404(request.user, pk, "work_sessions")
    if session.voided_at:
        return redirect(session)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        void_session(session=session, reason=form.cleaned_data["reason"])
        messages.success(request, _("The session is void. You can let it count again on this page."))
        return redirect(session)
    context = {
        "title": _("Void this session?"),
        "sentence": _("It stays in sight, marked as void, and no figure counts it any more."),
        "form": form,
        "action": _("Void it"),
        "back": session.get_absolute_url(),
        "bad": True,
    }
    return render(request, "confirm.html", context, status=400 if form.errors else 200)


@never_cache
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_session_or_404(request.user, pk, "work_sessions")
    if session.voided_at:
        try:
            with transaction.atomic():
                count_again(session=session)
        except IntegrityError as error:
            messages.error(request, sentence(error))
        else:
            messages.success(request, _("The session counts again."))
    return redirect(session)
