"""Likely pairs of one's workspaces: looked at side by side, told apart, or merged; and merges undone."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from cases.access import get_client_or_404
from cases.listings.pair import PAIRS, pairs_of
from cases.listings.people import number_of
from cases.models import Client, ClientMerge, DuplicateCandidate, IdentifierKind, PairState
from cases.search import search
from cases.services.merge import KEPT_APART, merge_clients, part_clients, rows_moved, rows_of
from cases.services.pairs import decide as decide_on
from cases.services.pairs import pair_up
from cases.views.merge_figures import changes_of, counted_again, sessions_together
from cases.views.merge_obstacle import obstacle_of
from cases.views.side_by_side import Choice, choices_of, side_by_side
from centers.prepared import prepared
from centers.querysets import get_visible_or_404
from centers.refusals import sentence
from centers.selectors import may, may_anywhere
from centers.views.listing import show

WORK = "work_clients"
SHOWN = 50
PAIRS_OF_A_FILE = 3  # that its page shows
DIGITS = 19  # of the longest number of a file
DETAILS = ("names", "contacts", "identifiers")


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The pairs that wait, the likeliest first; with ``?state=different`` those that were told apart."""
    return show(request, PAIRS, counsels=may_anywhere(request.user, "work_sessions"))


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
        "facts": side_by_side(first, second, request.user),
        "choices": choices_of(first, second, request.user),
        "rows": rows_of(first.pk, second.pk),
        "figures": changes_of(first, second),
        "together": sessions_together(first, second, request.user),
        "obstacle": None if gone or pair.state == PairState.DIFFERENT else obstacle_of(first, second, request.user),
        "states": PairState,
    }
    return render(request, "cases/pair.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for another file of the workspace (``q``) and compare with it (``other``), whether it is likely or not."""
    client = get_client_or_404(request.user, pk, WORK)
    others = Client.objects.visible_to(request.user).filter(workspace=client.workspace_id, merged_into=None)
    others = others.exclude(pk=client.pk)
    chosen = request.POST.get("other")
    if chosen is not None and not client.merged_into_id:
        known = chosen.isascii() and chosen.isdecimal() and len(chosen) < DIGITS
        other = get_object_or_404(others.prefetch_related(*DETAILS), pk=int(chosen) if known else 0)
        return redirect(pair_up(client, other))
    text = request.POST.get("q", "")
    results = search(request.user, text) if text else None
    found = [row for row in results.clients if row.workspace_id == client.workspace_id] if results else []
    context = {
        "client": client,
        "text": text,
        "results": results,
        "clients": [row for row in found if row.pk != client.pk],
    }
    return render(request, "cases/compare.html", context, status=400 if results and results.problem else 200)


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
    figures = changes_of(kept, absorbed)
    choices = choices_of(kept, absorbed, request.user)
    taken = {row.name for row in choices if request.POST.get(row.name) == str(absorbed.pk)}
    try:
        with transaction.atomic():
            done = merge_clients(actor=request.user, kept=kept, absorbed=absorbed, taken=taken)
    except IntegrityError as error:
        messages.error(request, _refused(error))
        return redirect(pair)
    said = [_merged(kept, absorbed, done), *_given_up(choices, taken), *counted_again(figures, kept)]
    messages.success(request, " ".join(said))
    return redirect(kept)


def _given_up(choices: list[Choice], taken: set[str]) -> Iterator[str]:
    """What does not stand on the file any more. A number does: it is a former one."""
    gone = [
        f"{row.label} {row.first if row.name in taken else row.second}"
        for row in choices
        if row.name not in IdentifierKind.values
    ]
    if gone:
        yield _("No longer shown, until the merge is undone: %(values)s.") % {"values": ", ".join(gone)}


def _merged(kept: Client, absorbed: Client, done: ClientMerge) -> str:
    """What the database holds after the merge, counted anew."""
    rows = rows_of(kept.pk, absorbed.pk)
    told = {
        "gone": number_of(absorbed),
        "moved": rows_moved(done),
        "here": sum(row.kept for row in rows),
        "left": _counts({row.kind: row.absorbed for row in rows}),
    }
    said = [_("Merged and counted again: %(moved)s records of file %(gone)s are here now, of %(here)s in all.") % told]
    if told["left"]:
        said.append(_("The old file keeps what this one has already: %(left)s.") % told)
    return " ".join(said)


def _counts(rows: dict[str, int]) -> str:
    return ", ".join(f"{kind} {many}" for kind, many in rows.items() if many)


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
            parted = part_clients(row, actor=request.user)
    except IntegrityError as error:
        messages.error(request, _refused(error))
        return redirect("cases:client", row.kept_id)
    apart = rows_of(row.kept_id, row.absorbed_id)
    told = {"back": sum(piece.absorbed for piece in apart), "here": sum(piece.kept for piece in apart)}
    said = [_("The merge is undone: %(back)s records hang on this file again, %(here)s on the other.") % told]
    if parted.stayed:
        other = Client.objects.visible_to(request.user).get(pk=row.kept_id)
        told = {"number": number_of(other), "rows": _counts(parted.stayed)}
        said.append(_("What came after the merge stays with file %(number)s: %(rows)s.") % told)
    if parted.gone:
        told = {"rows": _counts(parted.gone)}
        said.append(_("What was taken away after the merge is not brought back: %(rows)s.") % told)
    messages.success(request, " ".join([*said, *_counted_as_two(row, request.user)]))
    return redirect("cases:client", row.absorbed_id)


def _counted_as_two(row: ClientMerge, viewer: User) -> list[str]:
    """The figures that an undone merge changes back, as they are now."""
    files = _files(viewer, {row.kept_id, row.absorbed_id})
    kept = files[row.kept_id]
    return counted_again(changes_of(kept, files[row.absorbed_id]), kept)


def first_undoable() -> datetime:
    """From when on a merge can be undone."""
    return timezone.now() - timedelta(days=KEPT_APART)


@prepared
def undoable(viewer: User, *, kept: int, since: datetime) -> QuerySet[ClientMerge]:
    rows = ClientMerge.objects.visible_to(viewer).filter(kept_id=kept, parted_at=None, merged_at__gt=since)
    return rows.annotate(until=F("merged_at") + timedelta(days=KEPT_APART)).order_by("-pk")


@prepared
def _refs(viewer: User, *, ids: list[int]) -> QuerySet:
    return Client.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", "ref")


def merges_to_undo(client: Client, viewer: User) -> list[tuple[ClientMerge, str]]:
    """The merges into a file that can still be undone, the latest first, each with its last day (``until``) and the
    number of the file that gave way.
    """
    rows = undoable(viewer, kept=client.pk, since=first_undoable())
    numbers = dict(_refs(viewer, ids=[row.absorbed_id for row in rows]))
    return [(row, numbers.get(row.absorbed_id) or f"{row.workspace_id}-{row.absorbed_id}") for row in rows]
