"""What counselling and the shelter bring to the start page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.draft_words import topic_of
from cases.listings import SESSIONS, STAYS
from cases.listings.people import with_client
from cases.models import Draft, Session, Stay
from cases.models.draft import KEPT_DISCARDED, KEPT_UNTOUCHED
from cases.unsent import HOURS, key_for_unsent
from centers.listing import listed
from centers.models import Bed
from centers.selectors import scope_of
from config.panels import Panel

SHOWN = 8  # rows of a panel; the list behind it has them all
MOST_DRAFTS = 50
WARNED = timedelta(days=14)  # before a draft that nobody goes on with is deleted
LATELY = 30  # days in which a client counts as one of the latest
LOOKED_THROUGH = 200  # sessions among which the latest clients are looked for


def panels(request: HttpRequest) -> Iterator[Panel]:
    scope = scope_of(request.user)
    if scope.of("work_sessions"):
        yield from _drafts(request)
        yield _sessions_of_today(request)
        yield _follow_ups(request)
        yield _latest_clients(request)
    if scope.of("view_stays"):
        yield _tonight(request)


def _drafts(request: HttpRequest) -> Iterator[Panel]:
    """What one has typed and not put on record; text that only this browser still holds is sent from here too."""
    rows = Draft.objects.visible_to(request.user).prefetch_related(*with_client(request.user))
    now = timezone.now()
    shown = {
        "drafts": [_in_list(row, now) for row in rows.filter(discarded_at=None).order_by("-updated_at")[:MOST_DRAFTS]],
        "discarded": [
            _in_list(row, now)
            for row in rows.filter(discarded_at__gt=now - timedelta(days=KEPT_DISCARDED)).order_by("-discarded_at")
        ],
        "key": key_for_unsent(request.user),
        "hours": HOURS,
    }
    yield Panel(_("Sessions being written"), "cases/landing/drafts.html", shown)


def _in_list(draft: Draft, now: datetime) -> dict:
    """A draft as the list shows it; ``ends_on`` is the day on which it is deleted, where that is near."""
    left = draft.updated_at + timedelta(days=KEPT_UNTOUCHED) - now
    return {
        "row": draft,
        "topic": topic_of(draft.fields),
        "ends_on": timezone.localdate(draft.updated_at + timedelta(days=KEPT_UNTOUCHED)) if left < WARNED else None,
    }


def _sessions_of_today(request: HttpRequest) -> Panel:
    """Today's sessions of the workspace, one's own first, and one's own week in numbers."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    rows = list(_sessions(request).filter(held_on=today).order_by("-pk")[:LOOKED_THROUGH])
    rows.sort(key=lambda row: row.counsellor_id != request.user.pk)
    shown = {
        "sessions": rows[:SHOWN],
        "today": listed(SESSIONS, request.user, from_=f"{today}", to=f"{today}"),
        "mine": listed(SESSIONS, request.user, from_=f"{today}", to=f"{today}", counsellor="me"),
        "week": listed(SESSIONS, request.user, from_=f"{monday}", to=f"{today}", counsellor="me"),
    }
    return Panel(_("Sessions of today"), "cases/landing/today.html", shown)


def _follow_ups(request: HttpRequest) -> Panel:
    """What one promised: one's own sessions whose follow-up is overdue or due within the week."""
    figure = listed(SESSIONS, request.user, follow_up="due", counsellor="me")
    rows = _sessions(request).due_by(timezone.localdate()).filter(counsellor=request.user)
    shown = {"sessions": rows.order_by("follow_up_on", "pk")[:SHOWN], "due": figure, "today": timezone.localdate()}
    return Panel(_("Follow-ups due"), "cases/landing/follow_ups.html", shown)


def _latest_clients(request: HttpRequest) -> Panel:
    """Whom one saw last, each once."""
    since = timezone.localdate() - timedelta(days=LATELY)
    rows = _sessions(request).filter(counsellor=request.user, client__isnull=False, held_on__gte=since)
    latest: dict[int, Session] = {}
    for row in rows.order_by("-held_on", "-pk")[:LOOKED_THROUGH]:
        latest.setdefault(row.client_id, row)
    return Panel(_("My latest clients"), "cases/landing/clients.html", {"sessions": list(latest.values())[:SHOWN]})


def _sessions(request: HttpRequest):
    rows = Session.objects.visible_to(request.user).filter(voided_at=None)
    return rows.prefetch_related(*with_client(request.user))


def _tonight(request: HttpRequest) -> Panel:
    """The bed board of tonight: every bed in service, and who sleeps in it."""
    today = timezone.localdate()
    scope = scope_of(request.user).of("view_stays")
    stays = Stay.objects.visible_to(request.user).filter(voided_at=None)
    tonight = stays.filter(Q(checked_out_on=None) | Q(checked_out_on__gt=today), checked_in_on__lte=today)
    by_bed = {stay.bed_id: stay for stay in tonight.prefetch_related("leaves", *with_client(request.user))}
    beds = (
        Bed.objects.filter(room__workspace__in=scope)
        .filter(Q(in_service_to=None) | Q(in_service_to__gt=today), in_service_from__lte=today)
        .select_related("room__workspace")
        .order_by("room__workspace__code", "room__code", "code")
    )
    rooms: dict = {}
    for bed in beds:
        rooms.setdefault(bed.room, []).append(_bed_tonight(bed, by_bed.get(bed.pk), today))
    week = today - timedelta(days=6)
    shown = {
        "rooms": rooms,
        "here": listed(STAYS, request.user, night=f"{today}"),
        "free": sum(bed["stay"] is None for room in rooms.values() for bed in room),
        "arrivals": stays.filter(checked_in_on__gte=week).order_by("-checked_in_on").prefetch_related(
            *with_client(request.user)
        )[:SHOWN],
        "departures": stays.filter(checked_out_on__gte=week, checked_out_on__lte=today)
        .order_by("-checked_out_on")
        .prefetch_related(*with_client(request.user))[:SHOWN],
    }  # fmt: skip
    return Panel(_("Here tonight"), "cases/landing/tonight.html", shown, wide=True)


def _bed_tonight(bed: Bed, stay: Stay | None, today: date) -> dict:
    """A bed as the board shows it; a guest on leave keeps the bed and does not sleep in it."""
    away = stay is not None and any(leave.left_on <= today < leave.back_on for leave in stay.leaves.all())
    nights = (today - stay.checked_in_on).days + 1 if stay else 0
    return {"bed": bed, "stay": stay, "away": away, "nights": nights}
