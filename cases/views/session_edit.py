"""A session on record, corrected or voided. What was typed is kept as with a new one."""

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
from cases.access import get_client_or_404, get_session_or_404
from cases.forms import SessionForm
from cases.models import Client, Draft, Session
from cases.services.correction import Overtaken, correct_session, count_again, version_of, void_session
from cases.session_values import as_texts, values_of
from cases.views.drafted import lead_to, on_screen
from cases.views.session_new import FIELD_OF, client_named, form_context
from centers.refusals import rule_of, sentence

LONGEST_REASON = 200


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a session on record. Where somebody else changed it meanwhile, both versions are shown."""
    session = get_session_or_404(request.user, pk, "work_sessions")
    if session.voided_at:
        messages.info(request, _("This session is void. Let it count again before you correct it."))
        if request.method != "POST":
            return redirect(session)
    version, values = version_of(session), values_of(session)
    draft = None if request.method == "POST" else _draft_of(request, session, version)
    client = client_named(request) or (draft and draft.client) or _client(request, session)
    form = _form(request, session, draft, client, fresh=values | {"token": _token(session, version, request.user)})
    overtaken = request.method == "POST" and (request.POST.get("read_version") != version or bool(session.voided_at))
    if request.method == "POST" and form.is_valid() and not overtaken:
        try:
            if _corrected(form, request, session, client):
                return _confirmed(request, session)
        except Overtaken:  # between the reading above and the writing
            session = get_session_or_404(request.user, pk, "work_sessions")
            version, values, overtaken = version_of(session), values_of(session), True
    typed = _typed(request, draft, overtaken=overtaken, stale=_is_stale(request, draft, session, version))
    both = _side_by_side(as_texts(values), typed) if typed else []
    if overtaken and not (both or form.errors or session.voided_at):
        return _confirmed(request, session)  # the same form came twice, or two people corrected the same
    context = form_context(request, form, client, draft) | {
        "session": session,
        "page": reverse("cases:session_edit", args=[pk]),
        "read_version": version,
        "both": both,
    }
    status = 409 if overtaken else 400 if form.errors else 200
    return render(request, "cases/session_edit.html", context, status=status)


def _is_stale(request: HttpRequest, draft: Draft | None, session: Session, version: str) -> bool:
    """Whether a draft was written upon a state of the session that is not the newest."""
    return draft is not None and draft.token != _token(session, version, request.user)


def _token(session: Session, version: str, actor: User) -> UUID:
    """One form for each person and state of a session: two windows of theirs write versions of one draft."""
    return uuid5(NAMESPACE_OID, f"{session.pk}:{version}:{actor.pk}")


def _draft_of(request: HttpRequest, session: Session, version: str) -> Draft | None:
    """What the person typed into this form before and did not finish."""
    drafts = Draft.objects.visible_to(request.user).filter(session=session, discarded_at=None)
    asked = request.GET.get("draft", "")
    if not asked:
        return drafts.filter(token=_token(session, version, request.user)).first()
    try:
        return drafts.filter(token=UUID(asked)).first()
    except ValueError:
        raise BadRequest from None


def _client(request: HttpRequest, session: Session) -> Client | None:
    return get_client_or_404(request.user, session.client_id) if session.client_id else None


def _form(
    request: HttpRequest, session: Session, draft: Draft | None, client: Client | None, *, fresh: dict
) -> SessionForm:
    """The form as the draft left it, or ``fresh``: as the session is on record."""
    initial = SessionForm.initial_of(draft.texts) | {"token": draft.token} if draft else fresh
    return SessionForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        actor=request.user,
        centers=[session.workspace],
        client=client,
    )


def _typed(request: HttpRequest, draft: Draft | None, *, overtaken: bool, stale: bool) -> dict[str, list[str]]:
    """What the person typed upon a state of the session that is not the newest; empty where it is."""
    if overtaken:
        return {name: request.POST.getlist(name) for name in SessionForm.base_fields}
    return draft.texts if stale else {}


def _side_by_side(held: dict[str, list[str]], typed: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    """Label, what is on record and what was typed, for each field in which they differ."""
    differences = SessionForm.differences
    both = zip(differences(held, [typed]), differences(typed, [held]), strict=True)
    return [(label, now, mine) for (label, now), (_label, mine) in both]


def _corrected(form: SessionForm, request: HttpRequest, session: Session, client: Client | None) -> bool:
    """Whether it is on record now; else the form says why not."""
    changed = set(form.changed_data)
    before, chosen = set(form.initial["other_topics"]), form.cleaned_data["other_topics"]
    added = [topic for topic in chosen if topic.pk not in before]
    removed = before - {topic.pk for topic in chosen}
    try:
        with transaction.atomic():
            correct_session(
                actor=request.user,
                session=session,
                version=request.POST["read_version"],
                told={name: value for name, value in form.told.items() if name in changed},
                client=client,
                further=(added, removed),
                others=form.cleaned_data.get("others") if "others" in changed else None,
                form_token=form.cleaned_data["token"],
                seen=on_screen(request),
            )
    except IntegrityError as error:
        form.add_error(FIELD_OF.get(rule_of(error)), sentence(error))
        return False
    return True


def _confirmed(request: HttpRequest, session: Session) -> HttpResponse:
    """Say what is on record now, read again."""
    held = Session.objects.visible_to(request.user).get(pk=session.pk)
    told = {"day": held.held_on.isoformat(), "topic": held.topic, "language": held.language, "center": held.workspace}
    messages.success(
        request, _("Corrected and on record: session of %(day)s, %(topic)s, %(language)s, %(center)s.") % told
    )
    return lead_to(request, held.get_absolute_url())


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=LONGEST_REASON)


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
        count_again(session=session)
        messages.success(request, _("The session counts again."))
    return redirect(session)
