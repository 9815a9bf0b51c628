"""Whether a client is known at another centre: asked from the file, answered by the other centre."""

from collections.abc import Iterator
from datetime import datetime
from math import ceil

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from cases.access import get_client_or_404
from cases.listings.people import read_clients
from cases.models import Client, Country, IdentityAnswer, IdentityQuestion, IdentityRequest, Sex
from cases.models.identity import OPEN_FOR
from cases.services import identity
from cases.services.identity import KEPT_APART, NotYet, bound_now, may_ask_again_at
from centers.access import require_anywhere
from centers.listing import Order
from centers.listing.page import page_of
from centers.models import Workspace, WorkspaceKind
from centers.models.codes import kept_names
from centers.prepared import counted, prepared
from centers.querysets import get_visible_or_404
from centers.refusals import rule_of, sentence
from centers.selectors import may

WORK = "work_sessions"
SHOWN = 50
LATEST = 5  # questions that stand on a file; the others are in the log


def may_ask(user: User, client: Client) -> bool:
    """Whoever counsels asks, of files of their centre.

    Not a city, the province, a university or a shelter: they hold no counselling, and whether one of theirs was
    counselled somewhere would tell them what only a centre may know. Where they have to count a person once (a
    voucher, a visa case, a stay) the database refuses a second without naming the first.
    """
    return client.workspace.kind == WorkspaceKind.CENTER and may(user, WORK, client.workspace_id)


def questions_of(client: Client, viewer: User) -> list[IdentityQuestion]:
    """The questions on a file, the latest first."""
    return asked_about(viewer, client=client.pk)


@prepared
def asked_about(viewer: User, *, client: int) -> QuerySet[IdentityQuestion]:
    asked = IdentityQuestion.objects.visible_to(viewer).filter(client=client).select_related("asked_by")
    return asked.order_by("-pk")[:LATEST]


class AskForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why you ask"),
        max_length=200,
        help_text=gettext_lazy(
            "It is kept with the question, and the other centre reads it where you send a request."
        ),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether another centre may know the client. What comes of it stands on the file a minute later."""
    client = get_client_or_404(request.user, pk, WORK)
    if not may_ask(request.user, client):
        raise PermissionDenied(_("Counsellors of a support centre ask this."))
    form = AskForm(request.POST if request.method == "POST" else None)
    again = None
    if form.is_valid():
        try:
            with transaction.atomic():
                identity.ask(actor=request.user, client=client, reason=form.cleaned_data["reason"])
        except IntegrityError as error:
            if rule_of(error) == "asked_within_the_rate":
                again = may_ask_again_at(request.user, client.workspace_id) or timezone.now()
            else:
                form.add_error(None, sentence(error))
        else:
            messages.success(request, _("Asked. Whether it is likely or not stands on this page in a minute."))
            return redirect(client)
    context = {
        "title": _("Known at another centre?"),
        "sentence": _(
            "You learn only whether a file at another centre is likely, and not where. Then you can send a request "
            "there. Shelters, universities and offices are never asked."
        ),
        "form": form,
        "action": _("Ask"),
        "back": client.get_absolute_url(),
    }
    if again:
        return _too_often(request, context, again)
    return render(request, "confirm.html", context, status=400 if form.errors else 200)


def _too_often(request: HttpRequest, context: dict, again: datetime) -> HttpResponse:
    """The same page with what was typed, told to wait and until when; programs read it from the header."""
    bound, time = bound_now(), f"{timezone.localtime(again):%m-%d %H:%M}"
    told = {"time": time, "person": bound.of_person, "center": bound.of_center}
    why = (
        _(
            "Within a day one person asks %(person)s times at most, and a centre %(center)s times. You can ask again "
            "from %(time)s on."
        )
        % told
    )
    kept = _("The reason that you typed is still here.")
    answer = render(
        request, "confirm.html", context | {"title": _("Try again later"), "sentence": f"{why} {kept}"}, status=429
    )
    answer.headers["Retry-After"] = str(max(0, ceil((again - timezone.now()).total_seconds())))
    return answer


class SendForm(forms.Form):
    consented = forms.BooleanField(label=gettext_lazy("The client has agreed that this is told to another centre"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the centres where a file is likely, with the client's consent; first it is shown what they are told."""
    question = get_object_or_404(IdentityQuestion.objects.visible_to(request.user), pk=pk)
    client = question.client
    if not may_ask(request.user, client):
        raise PermissionDenied(_("Counsellors of a support centre ask this."))
    form = SendForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _sent(request, question)
    facts = [
        *_told(identity.told_of(client)),
        (_("Why you ask"), question.reason),
        (_("Asked by"), question.workspace),
    ]
    context = {"client": client, "facts": facts, "form": form}
    return render(request, "cases/identity_send.html", context, status=400 if form.errors else 200)


def _told(told: dict) -> Iterator[tuple[str, str]]:
    for name, label in FACTS.items():
        if text := _spoken(name, told.get(name)):
            yield label, text


def _sent(request: HttpRequest, question: IdentityQuestion) -> HttpResponse:
    try:
        identity.send(question, actor=request.user)
    except NotYet:
        messages.info(request, _("This request was sent already, or its answer is not there yet."))
    else:
        messages.success(request, _("The request is sent. The answer will stand on this page."))
    return redirect(question.client)


def requests_to(user: User) -> QuerySet[IdentityRequest]:
    """What other centres ask the centres of a person."""
    return IdentityRequest.objects.visible_to(user).select_related("from_workspace")


def waiting_requests(user: User) -> int:
    """How many requests of other centres can still be answered."""
    return _waiting(user, since=timezone.now() - OPEN_FOR)["number"]


@counted
def _waiting(viewer: User, *, since: datetime) -> tuple[QuerySet, dict]:
    rows = IdentityRequest.objects.visible_to(viewer).filter(answer=IdentityAnswer.OPEN, sent_at__gt=since)
    return rows, {"number": Count("pk")}


NEWEST = Order("newest", ("id",))
LAST_SENT = Order("sent", ("sent_at", "id"))


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What other centres ask: all that wait first, then what the own centre asked and what was answered, each page by
    page.
    """
    require_anywhere(request.user, WORK)
    rows = requests_to(request.user)
    open_now = Q(answer=IdentityAnswer.OPEN, sent_at__gt=timezone.now() - OPEN_FOR)
    waiting = _part(request, "waiting", rows.filter(open_now), NEWEST)
    sent = _part(request, "sent", _sent_by_us(request.user), LAST_SENT)
    rest = _part(request, "rest", rows.exclude(open_now), NEWEST)
    read_clients(sent[0], request.user)
    for row in sent[0]:
        row.told = answers_of(row)
    context = {
        "waiting": waiting[0],
        "sent": sent[0],
        "rest": rest[0],
        "links": {"waiting": waiting[1], "sent": sent[1], "rest": rest[1]},
    }
    return render(request, "cases/identity_requests.html", context)


def _part(request: HttpRequest, name: str, rows: QuerySet, order: Order) -> tuple[list, dict[str, str]]:
    """The rows of one part of the page, and the ways to its other pages; there the other parts begin anew."""
    after, before = (request.GET.get(f"{name}_{way}", "") for way in ("after", "before"))
    salt = f"identity:{name}:{request.user.pk}"
    page = page_of(rows, order, descending=True, salt=salt, after=after, before=before, size=SHOWN)
    return page.rows, {
        "first": "" if page.first else f"{request.path}#{name}",
        "previous": f"?{urlencode({f'{name}_before': page.previous})}#{name}" if page.previous else "",
        "next": f"?{urlencode({f'{name}_after': page.next})}#{name}" if page.next else "",
    }


def _sent_by_us(user: User) -> QuerySet[IdentityQuestion]:
    """What the centres of a person asked others."""
    return IdentityQuestion.objects.visible_to(user).filter(sent_at__isnull=False).select_related("asked_by")


def unseen_answers(user: User) -> int:
    """To how many of a person's own requests an answer came that they have not said to have seen."""
    return _unseen(user)["number"]


@counted
def _unseen(viewer: User) -> tuple[QuerySet, dict]:
    rows = IdentityQuestion.objects.visible_to(viewer).filter(asked_by=viewer, unseen_since__isnull=False)
    return rows, {"number": Count("pk")}


@never_cache
@require_POST
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """The answers to a request were read: it is news no more."""
    row = get_visible_or_404(IdentityQuestion, request.user, pk, WORK)
    identity.note_seen(row)
    messages.success(request, _("Noted as seen."))
    return redirect("cases:identity_requests")


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[choice for choice in IdentityAnswer.choices if choice[0] != IdentityAnswer.OPEN],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=gettext_lazy("Note for your centre"), max_length=200, required=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what the other centre told beside the file here, and the answer to it."""
    row = get_visible_or_404(IdentityRequest, request.user, pk, WORK)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _answered(request, row, form)
    client = get_client_or_404(request.user, row.client_id)
    until = row.answered_at + KEPT_APART if row.answered_at else None
    context = {
        "row": row,
        "client": client,
        "facts": list(_side_by_side(row.told, identity.told_of(client))),
        "form": form,
        "open": row.answer == IdentityAnswer.OPEN and not row.over,
        "until": until if until and until > timezone.now() else None,
    }
    return render(request, "cases/identity_request.html", context, status=400 if form.errors else 200)


def _answered(request: HttpRequest, row: IdentityRequest, form: AnswerForm) -> HttpResponse:
    said = IdentityAnswer(form.cleaned_data["answer"])
    try:
        with transaction.atomic():
            identity.answer(row, actor=request.user, said=said, note=form.cleaned_data["note"])
    except NotYet:
        messages.info(request, _("This request was answered already, or its time is over."))
    except IntegrityError as error:
        messages.error(request, f"{_('Nothing was changed.')} {sentence(error)}")
    else:
        held = IdentityRequest.objects.visible_to(request.user).get(pk=row.pk)
        told = {"answer": held.get_answer_display(), "center": held.from_workspace}
        messages.success(request, _("Answered to %(center)s: %(answer)s.") % told)
    return redirect(row)


@never_cache
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_visible_or_404(IdentityRequest, request.user, pk, WORK)
    try:
        with transaction.atomic():
            identity.take_back(row, actor=request.user)
    except NotYet:
        messages.info(request, _("There is nothing to take back any more."))
    except IntegrityError as error:
        messages.error(request, f"{_('Nothing was changed.')} {sentence(error)}")
    else:
        messages.success(request, _("Taken back. The request waits for an answer again."))
    return redirect(row)


def _side_by_side(theirs: dict, ours: dict) -> Iterator[tuple[str, str, str, bool]]:
    """Label, what they told, what stands here, and whether it agrees; nothing that neither has."""
    for name, label in FACTS.items():
        one, other = _spoken(name, theirs.get(name)), _spoken(name, ours.get(name))
        if one or other:
            yield label, one, other, bool(one) and one == other


FACTS = {
    "names": gettext_lazy("Names"),
    "birth_date": gettext_lazy("Birth date"),
    "sex": gettext_lazy("Sex"),
    "nationality": gettext_lazy("Nationality"),
    "phones": gettext_lazy("End of the telephone number"),
}
CODES = {"sex": Sex, "nationality": Country}


def _spoken(name: str, told) -> str:
    if name in CODES:
        return kept_names(CODES[name]).get(told, told or "")
    return ", ".join(told or []) if isinstance(told, list) else told or ""


def answers_of(question: IdentityQuestion) -> list[tuple[datetime, str, str]]:
    """What came back on a question: when, the answer, and where it is the same person, the centre."""
    centers = {told["workspace"] for told in question.answers if "workspace" in told}
    names = {row.pk: str(row) for row in Workspace.objects.filter(pk__in=centers)} if centers else {}
    return [
        (
            datetime.fromisoformat(told["at"]),
            IdentityAnswer(told["answer"]).label,
            names.get(told.get("workspace"), ""),
        )
        for told in reversed(question.answers)
    ]
