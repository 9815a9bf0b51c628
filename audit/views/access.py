from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit import words
from audit.forms import AccessFilterForm
from audit.models import ACCESS_KEPT_YEARS, REVIEW, AccessEntry
from audit.selectors import LOOKED_AT, on_days
from audit.views.reading import choices, codes_of, roles_of, roles_on
from centers.listing.log import newest
from centers.models import Membership, Workspace
from centers.selectors import scope_of

FILES_SHOWN = 3


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Who looked at whom: one's own requests for everybody, and those one reviews."""
    scope = scope_of(request.user)
    form = AccessFilterForm(request.GET or None, **choices(request))
    rows = _narrowed(AccessEntry.objects.visible_to(request.user, scope).select_related("user"), form)
    page = newest(request, rows, "at", name="access", kept=form.kept)
    context = {
        "form": form,
        "page": page,
        "rows": shown_to(request, page.rows),
        "everywhere": REVIEW in scope.everywhere,
        "reviews": REVIEW in scope.everywhere or bool(scope.of(REVIEW)),
        "narrowed": bool(form.kept),
        "years": ACCESS_KEPT_YEARS,
    }
    return render(request, "audit/access_list.html", context, status=400 if form.errors else 200)


def _narrowed(rows: QuerySet, form: AccessFilterForm) -> QuerySet:
    chosen = form.chosen
    rows = on_days(rows, chosen.get("from"), chosen.get("to"))
    if "user" in chosen:
        rows = rows.filter(user=chosen["user"])
    if "workspace" in chosen:
        rows = rows.of_workspace(chosen["workspace"].pk)
    if "page" in chosen:
        rows = rows.filter(route__in=words.pages_of(chosen["page"]))
    if "what" in chosen:
        rows = rows.filter(LOOKED_AT[chosen["what"]][1])
    return rows.of_file(form.file_id) if form.file_id else rows


@dataclass(frozen=True)
class AccessShown:
    """A request in words. ``files`` are the numbers the reader may know, ``others`` how many more there were."""

    at: datetime
    user: object
    roles: list[Membership]
    place: Workspace | None
    page: str
    wrote: bool
    answer: str
    status: int
    address: str | None
    files: list[str]
    more: list[str]
    others: int
    purpose: str


def shown_to(request: HttpRequest, entries: list[AccessEntry]) -> list[AccessShown]:
    scope = scope_of(request.user)
    roles = roles_of(entry.user_id for entry in entries)
    wanted = [entry.workspace_id for entry in entries] + [pk for entry in entries for pk in entry.workspaces]
    places = codes_of(wanted)
    return [_shown(entry, request.user.pk, scope, roles[entry.user_id], places) for entry in entries]


def _shown(entry: AccessEntry, reader: int, scope, held: list[Membership], places: dict) -> AccessShown:
    whose = list(zip(entry.files, entry.workspaces, strict=False))
    numbers = [
        f"{places[workspace].code} · {file}"
        for file, workspace in whose
        if entry.user_id == reader or scope.allows(REVIEW, workspace)
    ]
    return AccessShown(
        at=entry.at,
        user=entry.user,
        roles=roles_on(held, timezone.localdate(entry.at), entry.workspace_id),
        place=places.get(entry.workspace_id),
        page=words.page(entry.route),
        wrote=entry.method not in {"GET", "HEAD"},
        answer=words.answer(entry.status),
        status=entry.status,
        address=entry.address,
        files=numbers[:FILES_SHOWN],
        more=numbers[FILES_SHOWN:],
        others=len(whose) - len(numbers),
        purpose=entry.purpose,
    )
