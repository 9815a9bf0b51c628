"""Drafts as the forms keep them, and as their owner finds, compares and discards them."""

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.idle import no_step
from cases.access import get_client_or_404, get_session_or_404
from cases.draft_list import DRAFTS, FORMS
from cases.drafted import DraftedForm
from cases.models import Client, Draft, Session
from cases.models.draft import KEPT_DISCARDED, WORK, DraftKind, opened
from cases.services.draft import Place, Typed, choose_version, discard_draft, restore_draft, save_draft
from centers.access import require_anywhere
from centers.models import Workspace
from centers.refusals import rule_of
from centers.selectors import workspaces_where
from centers.views.listing import show

LONGEST_TAB = 36
BIGGEST = 2**31 - 1


@no_step
@never_cache
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keeps what a form holds now. 409: kept beside a newer version. 410: the form is on record already."""
    kind = request.POST.get("draft_kind", DraftKind.SESSION)
    typed = _typed(request, FORMS[kind]) if kind in FORMS else None
    if typed is None:
        return HttpResponseBadRequest()
    require_anywhere(request.user, WORK[kind])
    try:
        saved = save_draft(actor=request.user, place=_place(request, kind), typed=typed)
    except IntegrityError as error:
        if rule_of(error) != "draft_is_of_no_record":
            raise
        return _on_record(request, kind, typed.token)
    told = {"version": saved.draft.version, "at": f"{timezone.localtime():%H:%M}"}
    if saved.beside:
        told["url"] = reverse("cases:draft", args=[typed.token])
    return JsonResponse(told, status=409 if saved.beside else 200)


def _typed(request: HttpRequest, form: type[DraftedForm]) -> Typed | None:
    """The form as it was sent; none where it is no form of ours."""
    sent = request.POST
    fields = {name: sent.getlist(name) for name in form.base_fields if name in sent and name != "token"}
    try:
        version, sequence = int(sent.get("draft_version") or 0), int(sent.get("draft_sequence") or 0)
        typed = Typed(UUID(sent.get("token", "")), sent.get("draft_tab", ""), sequence, version, fields)
    except ValueError:
        return None
    sound = 0 < len(typed.tab) <= LONGEST_TAB and "\x00" not in typed.tab
    return typed if sound and 0 <= version <= BIGGEST and 0 <= sequence < 2**62 else None


def _place(request: HttpRequest, kind: DraftKind) -> Place:
    client, session = _client(request, WORK[kind]), _session(request)
    return Place(kind, session.workspace if session else _workspace(request, client, WORK[kind]), client, session)


def _client(request: HttpRequest, permission: str) -> Client | None:
    pk = _number(request, "draft_client")
    return None if pk is None else get_client_or_404(request.user, pk, permission)


def _session(request: HttpRequest) -> Session | None:
    """The session that is being corrected, none where a new one is typed."""
    pk = _number(request, "draft_session")
    return None if pk is None else get_session_or_404(request.user, pk, WORK[DraftKind.SESSION])


def _number(request: HttpRequest, name: str) -> int | None:
    """The id that was sent, if one was."""
    asked = request.POST.get(name, "")
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        raise Http404
    return int(asked) if asked else None


def _workspace(request: HttpRequest, client: Client | None, permission: str) -> Workspace:
    """Where the draft lies: at the client's workspace, the one that is chosen, or the first in which they work."""
    if client:
        return client.workspace
    workspaces = list(workspaces_where(request.user, permission).order_by("code"))
    chosen = request.POST.get("workspace", "")
    return next((workspace for workspace in workspaces if workspace.code == chosen), workspaces[0])


def _on_record(request: HttpRequest, kind: DraftKind, token: UUID) -> JsonResponse:
    """What became of the form: the newest session or file made of it."""
    made = {DraftKind.SESSION: Session, DraftKind.CLIENT: Client}[kind]
    row = made.objects.visible_to(request.user).filter(form_token=token).first()
    return JsonResponse({"url": row.get_absolute_url() if row else reverse("home")}, status=410)


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """One's own drafts, all of them."""
    return show(request, DRAFTS)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def versions(request: HttpRequest, token: UUID) -> HttpResponse:
    """The versions of a draft side by side; a POST goes on with the one of ``tab``."""
    require_anywhere(request.user, "work_clients")
    draft = _draft(request, token)
    if request.method == "POST":
        if choose_version(actor=request.user, token=token, tab=request.POST.get("tab", "")) is None:
            raise Http404
        return redirect(draft)
    differences = FORMS[draft.kind].differences
    rivals = sorted(draft.rivals.items(), key=lambda item: item[1]["at"], reverse=True)
    others = [(tab, parse_datetime(rival["at"]), opened(rival["fields"])) for tab, rival in rivals]
    shown = [
        {"tab": "", "at": draft.updated_at, "facts": differences(draft.texts, [texts for _tab, _at, texts in others])},
        *({"tab": tab, "at": at, "facts": differences(texts, [draft.texts])} for tab, at, texts in others),
    ]
    return render(request, "cases/draft_versions.html", {"draft": draft, "versions": shown})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, token: UUID) -> HttpResponse:
    require_anywhere(request.user, "work_clients")
    _draft(request, token)
    if request.method == "POST":
        discard_draft(actor=request.user, token=token)
        told = _("The draft is discarded. You can take it back on this page for %(days)d days.")
        messages.success(request, told % {"days": KEPT_DISCARDED})
        return redirect("home")
    context = {
        "title": _("Discard this draft?"),
        "sentence": _("The draft leaves your list. You can take it back for %(days)d days; then it is deleted.")
        % {"days": KEPT_DISCARDED},
        "action": _("Discard"),
        "back": reverse("home"),
        "bad": True,
    }
    return render(request, "confirm.html", context)


@require_POST
def restore(request: HttpRequest, token: UUID) -> HttpResponse:
    require_anywhere(request.user, "work_clients")
    draft = _draft(request, token)
    restore_draft(actor=request.user, token=token)
    return redirect(draft)


def _draft(request: HttpRequest, token: UUID) -> Draft:
    draft = Draft.objects.visible_to(request.user).filter(token=token).first()
    if draft is None:
        raise Http404
    return draft
