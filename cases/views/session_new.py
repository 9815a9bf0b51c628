from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.access import get_client_or_404
from cases.companions import family_of
from cases.listings.people import merge_in_words
from cases.models import Client, Draft, Session
from cases.models.draft import DraftKind
from cases.new_session_form import NewSessionForm
from cases.offers import offers_for
from cases.services.deadline import start_deadline
from cases.services.follow_up import keep_follow_ups
from cases.services.session import log_session
from cases.views.drafted import draft_context, draft_named, lead_to, on_screen, token_named
from centers.access import require_anywhere
from centers.models import Workspace
from centers.refusals import rule_of, sentence
from centers.selectors import is_official, own_workspaces, workspaces_where

FIELD_OF = {
    "not_in_the_future": "held_on",
    "session_within_operation": "held_on",
    "session_has_a_client": "clients",
    "month_is_closed": "change_reason",
    "deadline_runs_once": "deadline",
    "deadline_ends_after_it_starts": "deadline_until",
    "follow_up_kept_by_its_client": "answers",
    "follow_up_answered_once": "answers",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A session to be logged: of a client (``?client=``), or anonymous. What was typed is never lost to an error.

    ``?draft=`` goes on with a draft. A script that sends the form asks for JSON and is told where the session is.
    """
    require_anywhere(request.user, "work_sessions")
    before = _made_of(request)
    if before:
        return redirect(before)
    draft = draft_named(request, DraftKind.SESSION)
    client = draft.client if draft and draft.client_id else client_named(request)
    if client and client.merged_into_id:
        return _of_kept_file(request, client)
    centers = own_workspaces(request.user, "work_sessions")
    filled = _filled(request, client, centers)
    initial = NewSessionForm.initial_of(draft.texts) | {"token": draft.token} if draft else filled
    form = NewSessionForm(
        request.POST or None,
        initial=initial,
        actor=request.user,
        centers=centers,
        client=client,
        answering=request.GET.get("answers", ""),
    )
    if request.method == "POST" and form.is_valid():
        session = _logged(form, request, client)
        if session:
            return _confirmed(request, session.pk)
    return _page(request, form, client, draft, status=400 if form.errors else 200)


def _page(
    request: HttpRequest, form: NewSessionForm, client: Client | None, draft: Draft | None, *, status: int
) -> HttpResponse:
    offers = offers_for(request.user, client, form.centers)
    context = form_context(request, form, client, draft) | {"page": reverse("cases:session_new"), "offers": offers}
    return render(request, "cases/session_new.html", context, status=status)


def _of_kept_file(request: HttpRequest, gone: Client) -> HttpResponse:
    """The same form for the file that lives on, where the one it was typed for was merged away meanwhile."""
    told = merge_in_words(gone)
    if request.method != "POST":
        messages.info(request, told)
        return redirect(f"{reverse('cases:session_new')}?{urlencode({'client': gone.merged_into_id})}")
    unsaved = _("Nothing is on record yet: look at it, and put it on record for this client.")
    messages.info(request, f"{told} {unsaved}")
    kept = get_client_or_404(request.user, gone.merged_into_id)
    form = NewSessionForm(request.POST, actor=request.user, centers=[kept.workspace], client=kept)
    return _page(request, form, kept, None, status=409)


def form_context(request: HttpRequest, form: NewSessionForm, client: Client | None, draft: Draft | None) -> dict:
    """What the page of a session's form shows, be it new or corrected."""
    names = client.names.order_by("-kind", "pk") if client else []
    return draft_context(request, DraftKind.SESSION, form, draft) | {"client": client, "names": names}


def _filled(request: HttpRequest, client: Client | None, centers: list[Workspace]) -> dict:
    """What the address asks to be filled in: an offer (``?fill=``), or all of the household (``?with=household``)."""
    if client and request.GET.get("with") == "household":
        others = family_of(request.user, client)
        return {"others": others, "clients": 1 + len(others)}
    asked = request.GET.get("fill", "")
    offers = offers_for(request.user, client, [client.workspace] if client else centers) if asked else []
    chosen = next((offer for offer in offers if offer.key == asked), None)
    return NewSessionForm.initial_of(chosen.fields) if chosen else {}


def _made_of(request: HttpRequest) -> Session | None:
    """The session that the draft of the address has become."""
    token = token_named(request)
    sessions = Session.objects.visible_to(request.user).filter(counsellor=request.user)
    return sessions.filter(form_token=token).first() if token else None


def client_named(request: HttpRequest) -> Client | None:
    """The client that the address names: 404 if the person may not know of them, 403 if they do not counsel there."""
    asked = request.GET.get("client", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdecimal()):
        raise Http404
    client = get_client_or_404(request.user, int(asked))
    if not workspaces_where(request.user, "work_sessions").filter(pk=client.workspace_id).exists():
        raise PermissionDenied(_("You do not counsel in the workspace that keeps this file."))
    return client


def _logged(form: NewSessionForm, request: HttpRequest, client: Client | None) -> Session | None:
    """The session made of the form, also where the form came twice; none where the database refused, told on it."""
    actor, token = request.user, form.cleaned_data["token"]
    try:
        with transaction.atomic():
            session = log_session(
                actor=actor,
                workspace=form.cleaned_data["workspace"],
                client=client,
                form_token=token,
                other_topics=form.cleaned_data["other_topics"],
                others=form.cleaned_data.get("others", ()),
                seen=on_screen(request),
                **form.told,
            )
            keep_follow_ups(actor=actor, promised=form.cleaned_data.get("answers", ()), by=session)
            if form.begins:
                start_deadline(actor=actor, session=session, **form.begins)
            return session
    except IntegrityError as error:
        rule = rule_of(error)
        before = Session.objects.visible_to(actor).filter(form_token=token, counsellor=actor).first()
        if rule == "session_logged_once" and before:
            return before if _holds(before, form) else _typed_on(form, before)
        field = FIELD_OF.get(rule)
        form.add_error(field if field in form.fields else None, sentence(error))
        return None


def _holds(session: Session, form: NewSessionForm) -> bool:
    """Whether what was typed is on record: a form that came twice, and not one that was typed on in another window."""
    return all(getattr(session, name) == form.told[name] for name in ("note", "summary"))


def _typed_on(form: NewSessionForm, before: Session) -> None:
    """The form was put on record elsewhere, and what was typed since is in it alone: it goes on as one of its own."""
    form.data = form.data.copy()
    form.data["token"] = str(uuid4())
    told = {"day": before.held_on.isoformat()}
    form.add_error(
        None,
        _(
            "This session of %(day)s was put on record in another window, without what is typed here. Nothing is "
            "lost: put it on record as a session of its own, or copy it into the one on record."
        )
        % told,
    )


def _confirmed(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the database holds now, and not what was typed; nothing of the person."""
    session = Session.objects.visible_to(request.user).get(pk=pk)
    held = {
        "day": session.held_on.isoformat(),
        "topic": session.topic,
        "language": session.language,
        "center": session.workspace,
    }
    messages.success(request, _("On record: session of %(day)s, %(topic)s, %(language)s, %(center)s.") % held)
    say_how_many(request, session)
    _say_what_follows(request, session)
    return lead_to(request, session.get_absolute_url())


def say_how_many(request: HttpRequest, session: Session) -> None:
    """How many clients a session counts, where it is not one alone, and how many of them have a name in it."""
    if session.clients > 1:
        named = (session.client_id is not None) + session.others.count()
        told = {"clients": session.clients, "named": named}
        messages.success(request, _("Clients counted: %(clients)s, with a file on record: %(named)s.") % told)


def _say_what_follows(request: HttpRequest, session: Session) -> None:
    """Which follow-ups ended by the session, and which deadline began with it."""
    for answer in session.answered.select_related("session").order_by("promised_on", "pk"):
        told = {"day": answer.promised_on.isoformat(), "topic": answer.session.topic}
        messages.success(request, _("Kept: the follow-up of %(day)s, %(topic)s.") % told)
    if is_official(request.user):
        return
    for deadline in session.deadlines.order_by("pk"):
        told = {"kind": deadline.kind, "day": deadline.due_on.isoformat()}
        messages.success(request, _("On record: %(kind)s, last day %(day)s.") % told)
