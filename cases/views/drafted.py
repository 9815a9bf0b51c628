"""What the pages of forms with a draft have in common."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases.drafted import DraftedForm
from cases.models import Draft
from cases.models.draft import DraftKind
from cases.unsent import HOURS, keys_for_unsent


def draft_context(request: HttpRequest, kind: DraftKind, form: DraftedForm, draft: Draft | None) -> dict:
    """What ``cases/_draft_fields.html`` and ``cases/_draft_state.html`` show, and the script beside them."""
    return {
        "form": form,
        "kind": kind,
        "draft": draft,
        "tab": request.POST.get("draft_tab", ""),
        "version": draft.version if draft else request.POST.get("draft_version", "0"),
        "log": str(form["token"].value()),
        "key": keys_for_unsent(request.user),
        "hours": HOURS,
    }


def draft_named(request: HttpRequest, kind: DraftKind) -> Draft | None:
    """The draft that the address names (``?draft=``); none where it names none, or a form is being sent.

    Raises Http404 where it is none of theirs: discarded for good, ended, or never there.
    """
    token = token_named(request)
    if token is None:
        return None
    draft = Draft.objects.visible_to(request.user).filter(token=token, kind=kind).first()
    if draft is None:
        raise Http404(_("This draft is gone: it was discarded, or nobody went on with it for a long time."))
    return draft


def token_named(request: HttpRequest) -> UUID | None:
    asked = request.GET.get("draft", "")
    if not asked or request.method == "POST":
        return None
    try:
        return UUID(asked)
    except ValueError:
        raise Http404 from None


def on_screen(request: HttpRequest) -> tuple[str, int]:
    """The tab that sends the form, and the version of the draft that it has seen."""
    version = request.POST.get("draft_version", "")
    return request.POST.get("draft_tab", ""), int(version) if version.isascii() and version.isdecimal() else 0


def lead_to(request: HttpRequest, url: str) -> HttpResponse:
    """To the page of what is on record now: a script that sent the form is told where it is."""
    if request.headers.get("accept") == "application/json":
        return JsonResponse({"url": url}, status=201)
    return redirect(url)
