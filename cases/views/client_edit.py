"""Opening a client's file and editing it. Nothing that was typed is lost: not to an error, to another's change, nor to
a closed page.
"""

from uuid import NAMESPACE_OID, UUID, uuid5

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from cases.access import get_client_or_404
from cases.client_form import NUMBERS, ClientForm, name_kind, texts_of
from cases.likely import Files, Known, Likely, likely_files
from cases.listings.people import merge_in_words, number_of
from cases.meanwhile import Versions, remembered
from cases.models import Client, Draft
from cases.models.draft import DraftKind, Fields
from cases.scanned import scanned
from cases.search import plainly
from cases.secrecy import digest
from cases.services.client import create_client, edit_client
from cases.services.draft import end_draft, give_client
from cases.services.pairs import different_from, look_again, not_likelier, note_likely
from cases.views.drafted import draft_context, draft_named, lead_to, on_screen, token_named
from centers.access import require_anywhere
from centers.refusals import rule_of, sentence
from centers.selectors import workspaces_where

WORK = "work_clients"
SESSION, OTHERS = "session", "others"  # where the person goes on with one, with the new client or with them too
OPENED = gettext_lazy("On record: file %(number)s, %(center)s, %(many)s.")
CHANGED = gettext_lazy("Changed: file %(number)s, %(center)s, %(many)s.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A file to be opened. With ``begin`` the form begins with a name that was looked for in vain (``q``).

    ``?draft=`` goes on with a draft.
    """
    require_anywhere(request.user, WORK)
    workspaces = list(workspaces_where(request.user, WORK).order_by("code"))
    if request.method != "POST" or "begin" in request.POST:
        before = _made_of(request, token_named(request))
        if before:
            return redirect(before)
        draft = draft_named(request, DraftKind.CLIENT)
        begun = ClientForm.initial_of(draft.texts) | {"token": draft.token} if draft else _begun(request)
        return _page(request, ClientForm(actor=request.user, workspaces=workspaces, initial=begun), draft=draft)
    form = ClientForm(request.POST, actor=request.user, workspaces=workspaces)
    if not form.is_valid():
        return _page(request, form, status=400)
    return _opened(request, form)


def _opened(request: HttpRequest, form: ClientForm) -> HttpResponse:
    token = form.cleaned_data["token"]
    unseen = _not_shown_yet(request, likely := _likely(request, form))
    before = _made_of(request, token)
    if before:  # the form came twice
        return _saved(request, form, before, OPENED)
    if unseen:
        return _page(request, form, likely=likely, asks=True)
    try:
        with transaction.atomic():
            end_draft(actor=request.user, token=token, seen=on_screen(request))
            client = create_client(
                workspace=form.cleaned_data["workspace"], told=form.told(form.versions({}).touched()), form_token=token
            )
            note_likely(client, likely)
    except IntegrityError as error:
        before = _made_of(request, token) if rule_of(error) == "client_opened_once" else None
        if before is None:
            form.add_error(None, sentence(error))
            return _page(request, form, status=409)
        client = before
    return _saved(request, form, client, OPENED)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A file to be edited; one that was merged away leads to the file that lives on."""
    client = get_client_or_404(request.user, pk, WORK)
    if client.merged_into_id:
        return _of_kept_file(request, client)
    client = _file(request, pk)
    theirs = texts_of(client, request.user)
    if request.method != "POST":
        return _begun_page(request, client, theirs)
    form = ClientForm(request.POST, actor=request.user, client=client)
    if not form.is_valid():
        return _page(request, form, status=400)
    versions = form.versions(theirs)
    others = versions.told(form)
    if others:
        again = ClientForm.initial_of(versions.merged()) | {"token": form.cleaned_data["token"]}
        form = ClientForm(actor=request.user, client=client, initial=again)
        return _page(request, form, others=others, status=409)
    return _edited(request, client, form, versions)


def _of_kept_file(request: HttpRequest, gone: Client) -> HttpResponse:
    """The form of the file that lives on, with what its person changed in the one that was merged away meanwhile."""
    told = merge_in_words(gone)
    draft = draft_named(request, DraftKind.CLIENT)
    if request.method != "POST" and draft is None:
        messages.info(request, told)
        return redirect("cases:client_edit", gone.merged_into_id)
    get_client_or_404(request.user, gone.merged_into_id, WORK)
    kept = _file(request, gone.merged_into_id)
    typed = draft.texts if draft else _as_sent(request)
    versions = Versions(remembered("".join(typed.get("seen", []))), texts_of(kept, request.user), typed)
    token = draft.token if draft else request.POST.get("token", "")
    form = ClientForm(
        actor=request.user, client=kept, initial=ClientForm.initial_of(versions.merged()) | {"token": token}
    )
    unsaved = _("Nothing is on record yet: look at it, and put it on record for this client.")
    messages.info(request, f"{told} {unsaved}")
    others = versions.told(form)
    return _page(request, form, draft=draft, others=others, status=409 if request.method == "POST" else 200)


def _as_sent(request: HttpRequest) -> Fields:
    """What a form holds that was sent, right or wrong."""
    told = ClientForm.base_fields.keys() - {"token", "then", "workspace"}
    return {name: request.POST.getlist(name) for name in request.POST if name in told}


def _begun_page(request: HttpRequest, client: Client, theirs: Fields) -> HttpResponse:
    """The file as it is, or as the person's draft left it; what others changed since is told at once."""
    draft = _draft_of(request, client, theirs)
    typed = draft.texts if draft else {}
    versions = Versions(remembered("".join(typed.get("seen", []))) if draft else theirs, theirs, typed)
    token = draft.token if draft else _token(client, request.user)
    form = ClientForm(
        actor=request.user, client=client, initial=ClientForm.initial_of(versions.merged()) | {"token": token}
    )
    return _page(request, form, draft=draft, others=versions.told(form))


def _edited(request: HttpRequest, client: Client, form: ClientForm, versions: Versions) -> HttpResponse:
    told, token = form.told(versions.touched()), form.cleaned_data["token"]
    if not told:
        end_draft(actor=request.user, token=token, seen=on_screen(request))
        messages.info(request, _("Nothing was changed."))
        return lead_to(request, client.get_absolute_url())
    likely = _likely(request, form)
    known = not_likelier(client, likely, Files.worked_on_by(request.user))
    if unseen := [row for row in _not_shown_yet(request, likely) if row.client.pk not in known]:
        return _page(request, form, likely=unseen, asks=True)
    try:
        with transaction.atomic():
            end_draft(actor=request.user, token=token, seen=on_screen(request))
            edit_client(client, told=told)
            note_likely(client, likely)
            look_again(client)
    except IntegrityError as error:
        form.add_error(None, sentence(error))
        return _page(request, form, status=409)
    return _saved(request, form, client, CHANGED)


def _made_of(request: HttpRequest, token: UUID | None) -> Client | None:
    """The file that was opened in this form."""
    return Client.objects.visible_to(request.user).filter(form_token=token).first() if token else None


def _token(client: Client, actor: User) -> UUID:
    """One form for each person and file: two windows of theirs write versions of one draft."""
    return uuid5(NAMESPACE_OID, f"client:{client.pk}:{actor.pk}")


def _draft_of(request: HttpRequest, client: Client, theirs: dict[str, str]) -> Draft | None:
    """What the person typed into this file before and did not save; a draft that says nothing new ends."""
    draft = draft_named(request, DraftKind.CLIENT)
    if draft is None or draft.client_id != client.pk:
        drafts = Draft.objects.visible_to(request.user).filter(kind=DraftKind.CLIENT, client=client, discarded_at=None)
        draft = drafts.order_by("-updated_at").first()
    held = {name: texts for name, texts in theirs.items() if name not in NUMBERS}
    if draft and not draft.asks and not ClientForm.differences(draft.texts, [held]):
        end_draft(actor=request.user, token=draft.token, seen=("", draft.version))
        return None
    return draft


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
    text = plainly(request.POST.get("q", ""))[:200]
    begun = {name_kind(text): text} if any(sign.isalpha() for sign in text) else {"phones": text}
    read = scanned({name: [typed] for name, typed in begun.items()})
    begun = {name: texts[0] for name, texts in read.fields.items()}
    return begun | {"then": request.POST.get("then") or request.GET.get("then", "")}


def _likely(request: HttpRequest, form: ClientForm) -> list[Likely]:
    told = form.cleaned_data
    names = [name for kind in ("roman", "korean", "native") for name in told.get(kind) or ()]
    known = Known(
        names,
        told.get("phones") or [],
        told.get("birth_date"),
        told["sex"].pk if told.get("sex") else "",
        told["nationality"].pk if told.get("nationality") else "",
        {kind: {digest(kind, told[kind])} for kind in NUMBERS if told.get(kind)},
    )
    others = {form.client.pk, *different_from(form.client)} if form.client else set()
    return likely_files(known, Files.worked_on_by(request.user), besides=others)


def _not_shown_yet(request: HttpRequest, likely: list[Likely]) -> list[Likely]:
    """Those that the page has not shown to the person; whom they have seen they have decided about."""
    shown = set(request.POST.getlist("shown"))
    return [row for row in likely if str(row.client.pk) not in shown]


def _page(
    request: HttpRequest,
    form: ClientForm,
    *,
    draft: Draft | None = None,
    likely=(),
    others=(),
    asks: bool = False,
    status: int = 200,
) -> HttpResponse:
    client = form.client
    context = draft_context(request, DraftKind.CLIENT, form, draft) | {
        "page": reverse("cases:client_edit", args=[client.pk]) if client else request.path,
        "client": client,
        "likely": likely,
        "others": others,
        "asks": asks,
        "then": bool(_after(form["then"].value())[0]),
        "back": client.get_absolute_url() if client else reverse("cases:clients"),
    }
    return render(request, "cases/client_form.html", context, status=status)


def _saved(request: HttpRequest, form: ClientForm, client: Client, sentence: str) -> HttpResponse:
    """Say what the database holds now; nothing of the person."""
    kept = Client.objects.visible_to(request.user).prefetch_related("names", "contacts").get(pk=client.pk)
    many = _("%(names)s names, %(phones)s telephone numbers") % {
        "names": len(kept.names.all()),
        "phones": len(kept.contacts.all()),
    }
    told = {"number": number_of(kept), "center": kept.workspace, "many": many}
    messages.success(request, sentence % told)
    counsels = workspaces_where(request.user, "work_sessions").filter(pk=kept.workspace_id).exists()
    where, log = _after(form.cleaned_data["then"])
    if where and counsels:
        written = log and give_client(actor=request.user, token=log, client=kept, further=where == OTHERS)
        asked = {"draft": log} if written else {"client": kept.pk}
        return lead_to(request, f"{reverse('cases:session_new')}?{urlencode(asked)}")
    return lead_to(request, kept.get_absolute_url())


def _after(then: str | None) -> tuple[str, UUID | None]:
    """Where the person goes on, and which form of a session they were writing when they left it for this one."""
    where, _colon, token = (then or "").partition(":")
    try:
        return (where, UUID(token)) if where in {SESSION, OTHERS} else ("", None)
    except ValueError:
        return (where, None)
