from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from audit.forms import CHANGES, ChangeFilterForm
from audit.models import ADMINISTER, REVIEW, RIGHTS, AuditEntry
from audit.selectors import on_days
from audit.views.reading import choices, codes_of
from centers.listing.log import newest
from centers.models import Role, Workspace
from centers.selectors import scope_of


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What was done: roles, sign-ins, imports and the like, as far as the reader reviews them, and one's own."""
    scope = scope_of(request.user)
    form = ChangeFilterForm(request.GET or None, **choices(request))
    chosen = form.chosen
    rows = AuditEntry.objects.visible_to(request.user, scope).select_related("actor")
    rows = on_days(rows, chosen.get("from"), chosen.get("to"))
    if "user" in chosen:
        rows = rows.filter(actor=chosen["user"])
    if "workspace" in chosen:
        rows = rows.filter(workspace_id=chosen["workspace"].pk)
    if "kind" in chosen:
        rows = rows.filter(action__in=CHANGES[chosen["kind"]][1])
    page = newest(request, rows, "at", name="entries", kept=form.kept)
    context = {
        "form": form,
        "page": page,
        "rows": in_words(page.rows),
        "reviews": {REVIEW, ADMINISTER} & {*scope.everywhere, *scope.workspaces},
        "narrowed": bool(form.kept),
    }
    return render(request, "audit/entry_list.html", context, status=400 if form.errors else 200)


@dataclass(frozen=True)
class EntryShown:
    at: datetime
    actor: User | None
    action: str
    place: Workspace | None
    detail: str


def in_words(entries: list[AuditEntry]) -> list[EntryShown]:
    places = codes_of(entry.workspace_id for entry in entries)
    people = User.objects.in_bulk({pk for entry in entries if (pk := _whom(entry))})
    return [
        EntryShown(
            entry.at, entry.actor, entry.get_action_display(), places.get(entry.workspace_id), _detail(entry, people)
        )
        for entry in entries
    ]


def _whom(entry: AuditEntry) -> int | None:
    """The member of staff whom an entry is about."""
    return entry.target_id if entry.target_type == User._meta.label_lower else entry.data.get("user")


def _detail(entry: AuditEntry, people: dict[int, User]) -> str:
    data = entry.data
    whom = str(people.get(_whom(entry), ""))
    if entry.action in RIGHTS and "role" in data:
        first, last = data.get("starts_on") or "", data.get("ends_on") or ""
        told = [f"{whom} · {Role(data['role']).label} · {first} ~ {last}", data.get("reason")]
        return " · ".join(filter(None, told))
    names = ("code", "address", "reason", "indicator", "year", "value")
    return " · ".join(str(part) for part in (whom, *map(data.get, names)) if part not in (None, ""))
