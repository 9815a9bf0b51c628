"""Opening a client's file and editing it. Nothing that was typed is lost to an error or to another's change."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cases.access import get_client_or_404
from cases.client_form import NUMBERS, ClientForm, initial_of, meanwhile, merged, name_kind, texts_of
from cases.likely import Files, Known, Likely, likely_files
from cases.listings.people import merge_in_words, number_of
from cases.models import Client
from cases.secrecy import digest
from cases.services.client import create_client, edit_client, one_at_a_time
from cases.services.pairs import different_from, note_likely
from centers.access import require_anywhere
from centers.refusals import sentence
from centers.selectors import workspaces_where

WORK = "work_clients"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A file to be opened. With ``begin`` the form begins with a name that was looked for in vain (``q``)."""
    require_anywhere(request.user, WORK)
    workspaces = list(workspaces_where(request.user, WORK).order_by("code"))
    if request.method != "POST" or "begin" in request.POST:
        return _page(request, ClientForm(actor=request.user, workspaces=workspaces, initial=_begun(request)))
    one_at_a_time(request.user)
    form = ClientForm(request.POST, actor=request.user, workspaces=workspaces)
    if not form.is_valid():
        return _page(request, form, status=400)
    unseen = _not_shown_yet(request, likely := _likely(request, form))
    if unseen:
        return _page(request, form, likely=likely, asks=True)
    try:
        with transaction.atomic():
            client = create_client(workspace=form.cleaned_data["workspace"], told=form.told())
            note_likely(client, likely)
    except IntegrityError as error:
        form.add_error(None, sentence(error))
        return _page(request, form, status=409)
    return _saved(request, client, _("On record: file %(number)s, %(center)s, %(many)s."))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A file to be edited; one that was merged away leads to the file that lives on."""
    client = get_client_or_404(request.user, pk, WORK)
    if client.merged_into_id:
        messages.info(request, merge_in_words(client))
        return redirect("cases:client_edit", client.merged_into_id)
    client = _file(request, pk)
    theirs = texts_of(client, request.user)
    if request.method != "POST":
        return _page(request, ClientForm(actor=request.user, client=client, initial=initial_of(theirs)))
    form = ClientForm(request.POST, actor=request.user, client=client)
    if not form.is_valid():
        return _page(request, form, status=400)
    others = meanwhile(form, theirs)
    if others:
        again = ClientForm(actor=request.user, client=client, initial=merged(form, theirs))
        return _page(request, again, others=others, status=409)
    return _edited(request, client, form)


def _edited(request: HttpRequest, client: Client, form: ClientForm) -> HttpResponse:
    told = form.told(form.before)
    if not told:
        messages.info(request, _("Nothing was changed."))
        return redirect(client)
    likely = _likely(request, form)
    if _not_shown_yet(request, likely):
        return _page(request, form, likely=likely, asks=True)
    try:
        with transaction.atomic():
            edit_client(client, told=told)
            note_likely(client, likely)
    except IntegrityError as error:
        form.add_error(None, sentence(error))
        return _page(request, form, status=409)
    return _saved(request, client, _("Changed: file %(number)s, %(center)s, %(many)s."))


@never_cache
@require_POST
def likely(request: HttpRequest) -> HttpResponse:
    """The files that may be of the person who is being typed (``client``: whose file that is, if there is one)."""
    require_anywhere(request.user, WORK)
    about = request.POST.get("client", "")
    client = get_client_or_404(request.user, int(about), WORK) if about.isascii() and about.isdecimal() else None
    workspaces = list(workspaces_where(request.user, WORK))
    form = ClientForm(request.POST, actor=request.user, workspaces=workspaces, client=client)
    form.is_valid()  # what is half typed is compared as far as it goes
    return render(request, "cases/client_form/_likely.html", {"likely": _likely(request, form)})


def _file(request: HttpRequest, pk: int) -> Client:
    """The file with its details; held still for whoever is about to write it."""
    rows = Client.objects.visible_to(request.user)
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",), no_key=True)
    return rows.prefetch_related("names", "contacts", "identifiers").get(pk=pk)


def _begun(request: HttpRequest) -> dict[str, str]:
    text = " ".join(request.POST.get("q", "").split())[:200]
    return {name_kind(text): text} if any(sign.isalpha() for sign in text) else {"phones": text}


def _likely(request: HttpRequest, form: ClientForm) -> list[Likely]:
    told = form.cleaned_data
    names = [name for kind in ("roman", "korean", "native") for name in told.get(kind) or ()]
    known = Known(
        names,
        told.get("phones") or [],
        told.get("birth_date"),
        told["sex"].pk if told.get("sex") else "",
        told["nationality"].pk if told.get("nationality") else "",
        {kind: digest(kind, told[kind]) for kind in NUMBERS if told.get(kind)},
    )
    others = {form.client.pk, *different_from(form.client)} if form.client else set()
    return likely_files(known, Files.worked_on_by(request.user), besides=others)


def _not_shown_yet(request: HttpRequest, likely: list[Likely]) -> list[Likely]:
    """Those that the page has not shown to the person; whom they have seen they have decided about."""
    shown = set(request.POST.getlist("shown"))
    return [row for row in likely if str(row.client.pk) not in shown]


def _page(
    request: HttpRequest, form: ClientForm, *, likely=(), others=(), asks: bool = False, status: int = 200
) -> HttpResponse:
    client = form.client
    context = {
        "form": form,
        "client": client,
        "likely": likely,
        "others": others,
        "asks": asks,
        "then": _then(request),
        "back": client.get_absolute_url() if client else reverse("cases:clients"),
    }
    return render(request, "cases/client_form.html", context, status=status)


def _then(request: HttpRequest) -> str:
    """Where the person goes on afterwards: to the file, or with a session."""
    return "session" if "session" in {request.GET.get("then"), request.POST.get("then")} else ""


def _saved(request: HttpRequest, client: Client, sentence: str) -> HttpResponse:
    """Say what the database holds now; nothing of the person."""
    kept = Client.objects.visible_to(request.user).prefetch_related("names", "contacts").get(pk=client.pk)
    many = _("%(names)s names, %(phones)s telephone numbers") % {
        "names": len(kept.names.all()),
        "phones": len(kept.contacts.all()),
    }
    told = {"number": number_of(kept), "center": kept.workspace, "many": many}
    messages.success(request, sentence % told)
    if _then(request) and workspaces_where(request.user, "work_sessions").filter(pk=kept.workspace_id).exists():
        return redirect(f"{reverse('cases:session_new')}?{urlencode({'client': kept.pk})}")
    return redirect(kept)
