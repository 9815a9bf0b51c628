"""Likely pairs of one's workspaces: looked at side by side, told apart, or merged; and merges undone."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from cases.listings.people import number_of
from cases.models import Client, ClientMerge, DuplicateCandidate, NameKind, PairState
from cases.selectors import StatusShown, identifiers_shown, status_shown
from cases.services.merge import KEPT_APART, merge_clients, part_clients, rows_moved, rows_of
from cases.services.pairs import decide as decide_on
from cases.views.merge_figures import Change, changes_of, counted_again, sessions_together
from centers.access import require_anywhere
from centers.models.codes import name_of
from centers.prepared import prepared
from centers.querysets import get_visible_or_404
from centers.refusals import sentence
from centers.selectors import may, may_anywhere

WORK = "work_clients"
SHOWN = 50
PAIRS_OF_A_FILE = 3  # that its page shows
DETAILS = ("names", "contacts", "identifiers")


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The pairs that wait, the likeliest first; with ``?state=different`` those that were told apart."""
    require_anywhere(request.user, WORK)
    state = PairState.DIFFERENT if request.GET.get("state") == PairState.DIFFERENT else PairState.OPEN
    rows = pairs_of(request.user).filter(state=state).order_by("-score", "pk")[: SHOWN + 1]
    files = _files(request.user, {pk for row in rows for pk in (row.first_id, row.second_id)})
    shown = [(row, files.get(row.first_id), files.get(row.second_id)) for row in rows]
    context = {"pairs": shown[:SHOWN], "more": len(shown) > SHOWN, "state": state, "states": PairState}
    context["counsels"] = may_anywhere(request.user, "work_sessions")
    return render(request, "cases/pairs.html", context)


def pairs_of(user: User) -> QuerySet[DuplicateCandidate]:
    """The pairs of files that both live, in the workspaces whose files the person writes."""
    rows = DuplicateCandidate.objects.visible_to(user)
    return rows.filter(first__merged_into=None, second__merged_into=None)


def waiting_pairs(user: User) -> str:
    """How many pairs wait, as it is said beside a link; empty for none."""
    many = len(_first_pairs(user))
    return f"{SHOWN}+" if many > SHOWN else str(many or "")


@prepared
def _first_pairs(viewer: User) -> QuerySet:
    return pairs_of(viewer).filter(state=PairState.OPEN).values_list("pk")[: SHOWN + 1]


@prepared
def pairs_with(viewer: User, *, file: int) -> QuerySet[DuplicateCandidate]:
    """The likeliest pairs that a file is part of and that wait."""
    waiting = pairs_of(viewer).filter(Q(first=file) | Q(second=file), state=PairState.OPEN)
    return waiting.order_by("-score")[:PAIRS_OF_A_FILE]


def _files(user: User, ids: set[int]) -> dict[int, Client]:
    return Client.objects.visible_to(user).prefetch_related(*DETAILS).in_bulk(ids)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Two files side by side: what agrees, what hangs on each, and what a merge would change."""
    pair = get_visible_or_404(DuplicateCandidate, request.user, pk)
    files = _files(request.user, {pair.first_id, pair.second_id})
    first, second = files[pair.first_id], files[pair.second_id]
    gone = first.merged_into_id or second.merged_into_id
    context = {
        "pair": pair,
        "first": first,
        "second": second,
        "gone": Client.objects.visible_to(request.user).filter(pk=gone).first() if gone else None,
        "facts": _side_by_side(first, second, request.user),
        "rows": rows_of(first.pk, second.pk),
        "figures": changes_of(first, second, request.user),
        "together": sessions_together(first, second, request.user),
        "states": PairState,
    }
    return render(request, "cases/pair.html", context)


def _side_by_side(first: Client, second: Client, viewer: User) -> list[tuple[str, str, str, bool]]:
    """Label, both values, and whether they agree; nothing that neither has."""
    found = []
    for label, read in FACTS:
        one, other = read(first, viewer), read(second, viewer)
        if one or other:
            found.append((label, one, other, bool(one) and one == other))
    return found


def _named(kind: str) -> Callable[[Client, User], str]:
    return lambda client, viewer: ", ".join(name.text for name in _in_order(client.names.all()) if name.kind == kind)


def _in_order(rows) -> list:
    return sorted(rows, key=lambda row: row.pk)


def _coded(field: str) -> Callable[[Client, User], str]:
    return lambda client, viewer: name_of(client, field) or ""


def _numbers(client: Client, viewer: User) -> str:
    return ", ".join(f"{kind} {number}" for kind, number in identifiers_shown(client, viewer))


def _status(client: Client, viewer: User) -> StatusShown:
    return status_shown(client.status, client.status_expires_on, viewer)


def _expiry(client: Client, viewer: User) -> str:
    shown = _status(client, viewer)
    return _("To be checked") if shown.check else _day(shown.expires_on)


def _day(day) -> str:
    return day.isoformat() if day else ""


FACTS = (
    (NameKind.ROMAN.label, _named(NameKind.ROMAN)),
    (NameKind.KOREAN.label, _named(NameKind.KOREAN)),
    (NameKind.NATIVE.label, _named(NameKind.NATIVE)),
    (gettext_lazy("Nationality"), _coded("nationality")),
    (gettext_lazy("Birth date"), lambda client, viewer: _day(client.birth_date)),
    (gettext_lazy("Sex"), _coded("sex")),
    (
        gettext_lazy("Telephone"),
        lambda client, viewer: ", ".join(row.value for row in _in_order(client.contacts.all())),
    ),
    (gettext_lazy("Numbers of the state"), lambda client, viewer: _numbers(client, viewer)),
    (gettext_lazy("Language"), _coded("language")),
    (gettext_lazy("Municipality"), _coded("municipality")),
    (gettext_lazy("Status of residence"), lambda client, viewer: _status(client, viewer).name),
    (gettext_lazy("Status expires on"), lambda client, viewer: _expiry(client, viewer)),
    (gettext_lazy("Recorded on"), lambda client, viewer: _day(client.recorded_on)),
)


@never_cache
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The two are not the same person; with ``again`` the question is open once more."""
    pair = get_visible_or_404(DuplicateCandidate, request.user, pk, WORK)
    if pair.state == PairState.MERGED:
        messages.info(request, _("These two files are one now."))
        return redirect(pair)
    if "again" in request.POST:
        decide_on(pair, actor=request.user, state=PairState.OPEN)
        messages.success(request, _("The pair is to be looked at again."))
        return redirect(pair)
    decide_on(pair, actor=request.user, state=PairState.DIFFERENT)
    messages.success(request, _("Remembered: not the same person. The pair does not come up again."))
    return redirect("cases:pairs")


@never_cache
@require_POST
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """The two files are one: ``keep`` names the one that lives on."""
    pair = get_visible_or_404(DuplicateCandidate, request.user, pk, WORK)
    files = _files(request.user, {pair.first_id, pair.second_id})
    keep = request.POST.get("keep", "")
    if keep not in {str(pair.first_id), str(pair.second_id)}:
        messages.error(request, _("Choose the file that lives on."))
        return redirect(pair)
    kept = files[int(keep)]
    absorbed = files[pair.second_id if kept.pk == pair.first_id else pair.first_id]
    figures = changes_of(kept, absorbed, request.user)
    try:
        with transaction.atomic():
            done = merge_clients(actor=request.user, kept=kept, absorbed=absorbed)
    except IntegrityError as error:
        messages.error(request, _refused(error))
        return redirect(pair)
    messages.success(request, _merged(kept, absorbed, done, figures, request.user))
    return redirect(kept)


def _merged(kept: Client, absorbed: Client, done: ClientMerge, figures: list[Change], viewer: User) -> str:
    """What the database holds after the merge, counted anew."""
    rows = rows_of(kept.pk, absorbed.pk)
    told = {
        "gone": number_of(absorbed),
        "moved": rows_moved(done),
        "here": sum(row.kept for row in rows),
        "left": sum(row.absorbed for row in rows),
    }
    said = [_("Merged and counted again: %(moved)s records of file %(gone)s are here now, of %(here)s in all.") % told]
    if told["left"]:
        said.append(_("%(left)s that both had stay with the old file.") % told)
    return " ".join([*said, *counted_again(figures, kept, viewer)])


def _refused(error: IntegrityError) -> str:
    return " ".join((_("Nothing was changed."), sentence(error)))


@never_cache
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a merge apart again."""
    row = get_object_or_404(ClientMerge.objects.visible_to(request.user).select_for_update(no_key=True), pk=pk)
    if not may(request.user, WORK, row.workspace_id):
        raise PermissionDenied
    try:
        with transaction.atomic():
            part_clients(row, actor=request.user)
    except IntegrityError as error:
        messages.error(request, _refused(error))
        return redirect("cases:client", row.kept_id)
    apart = rows_of(row.kept_id, row.absorbed_id)
    told = {"back": sum(piece.absorbed for piece in apart), "here": sum(piece.kept for piece in apart)}
    messages.success(
        request, _("The merge is undone: %(back)s records hang on this file again, %(here)s on the other.") % told
    )
    return redirect("cases:client", row.absorbed_id)


@prepared
def _merges(viewer: User, *, kept: int, since: datetime) -> QuerySet[ClientMerge]:
    rows = ClientMerge.objects.visible_to(viewer).filter(kept_id=kept, parted_at=None, merged_at__gt=since)
    return rows.annotate(until=F("merged_at") + timedelta(days=KEPT_APART)).order_by("-pk")


@prepared
def _refs(viewer: User, *, ids: list[int]) -> QuerySet:
    return Client.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", "ref")


def merges_to_undo(client: Client, viewer: User) -> list[tuple[ClientMerge, str]]:
    """The merges into a file that can still be undone, the latest first, each with its last day (``until``) and the
    number of the file that gave way.
    """
    rows = _merges(viewer, kept=client.pk, since=timezone.now() - timedelta(days=KEPT_APART))
    numbers = dict(_refs(viewer, ids=[row.absorbed_id for row in rows]))
    return [(row, numbers.get(row.absorbed_id) or f"{row.workspace_id}-{row.absorbed_id}") for row in rows]
