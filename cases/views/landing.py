"""What counselling and the shelter bring to the start page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, Q, QuerySet, Value, When, Window, prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.completion import incomplete, missing_of, rules_of
from cases.files import time_left
from cases.forms import SessionForm
from cases.listings import SESSIONS, STAYS
from cases.listings.client import running_out
from cases.listings.people import with_client
from cases.models import Client, Deadline, Draft, PutOff, Session, Stay
from cases.models.draft import KEPT_DISCARDED, KEPT_UNTOUCHED
from cases.unsent import HOURS, key_for_unsent
from cases.views.identity import waiting_requests
from centers.listing import listed
from centers.models import Bed
from centers.selectors import is_official, scope_of
from config.panels import Panel

SHOWN = 8  # rows of a panel; the list behind it has them all
MOST_DRAFTS = 50
WARNED = timedelta(days=14)  # before a draft that nobody goes on with is deleted
LATELY = 30  # days in which a client counts as one of the latest, and ahead for which a deadline is shown
OWN = 365  # days in which a session makes a client one's own
COMPLETED_WITHIN = 92  # days for which a session that lacks something is asked after: a quarter
LOOKED_THROUGH = 200  # sessions among which the latest clients are looked for


def panels(request: HttpRequest) -> Iterator[Panel]:
    scope = scope_of(request.user)
    if scope.of("work_clients"):
        drafts = _drafts(request)
        # Whoever seldom writes is not told each day that nothing waits; the form itself sends what is unsent.
        if scope.of("work_sessions") or drafts.shown["drafts"] or drafts.shown["discarded"]:
            yield drafts
    if scope.of("work_sessions"):
        yield from _counselling(request)
    if scope.of("view_stays"):
        yield _tonight(request)


def _drafts(request: HttpRequest) -> Panel:
    """What one has typed and not put on record; text that only this browser still holds is sent from here too."""
    now = timezone.now()
    kept = Q(discarded_at=None) | Q(discarded_at__gt=now - timedelta(days=KEPT_DISCARDED))
    rows = Draft.objects.visible_to(request.user).filter(kept).order_by("-discarded_at", "-updated_at")
    rows = [_in_list(row, now) for row in rows.prefetch_related(*with_client(request.user))]
    shown = {
        "drafts": [draft for draft in rows if draft["row"].discarded_at is None][:MOST_DRAFTS],
        "discarded": [draft for draft in rows if draft["row"].discarded_at],
        "key": key_for_unsent(request.user),
        "hours": HOURS,
    }
    return Panel(_("Typed, not on record yet"), "cases/landing/drafts.html", shown)


def _in_list(draft: Draft, now: datetime) -> dict:
    """A draft as the list shows it; ``ends_on`` is the day on which it is deleted, where that is near."""
    ends_at = draft.updated_at + timedelta(days=KEPT_UNTOUCHED)
    return {
        "row": draft,
        "topic": SessionForm.topic_of(draft.fields),
        "ends_on": timezone.localdate(ends_at) if ends_at - now < WARNED else None,
    }


def _counselling(request: HttpRequest) -> list[Panel]:
    """Today's sessions, what one promised, deadlines, whose status runs out, and whom one saw last.

    The clients of the panels of sessions are read at once.
    """
    sessions = Session.objects.visible_to(request.user).filter(voided_at=None)
    resting = _resting(request)
    today = _sessions_of_today(request, sessions)
    due = _follow_ups(request, sessions, [row for row in resting if row.session_id and not row.deadline_id])
    unfinished = _unfinished(request, sessions)
    latest = _latest_clients(request, sessions)
    reminders = []
    if not is_official(request.user):
        deadlines = _deadlines(request, [row for row in resting if row.deadline_id])
        reminders = [deadlines, _running_out(request, sessions, [row for row in resting if row.session_id is None])]
    shown = [row for panel in (today, due, unfinished, latest) for row in panel.shown["sessions"]]
    prefetch_related_objects(shown, *with_client(request.user))
    return [*_asked_by_others(request), today, due, *reminders, unfinished, latest]


def _asked_by_others(request: HttpRequest) -> list[Panel]:
    """What other centres ask, where something waits."""
    waiting = waiting_requests(request.user)
    return (
        [Panel(_("Requests of other centres"), "cases/landing/requests.html", {"waiting": waiting})] if waiting else []
    )


def _sessions_of_today(request: HttpRequest, sessions: QuerySet) -> Panel:
    """Today's sessions of the workspace, one's own first, and one's own week in numbers."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    user = request.user
    own, of_today = Q(counsellor=user), Q(held_on=today)
    numbers = sessions.filter(held_on__gte=monday, held_on__lte=today).aggregate(
        today=Count("pk", filter=of_today), mine=Count("pk", filter=of_today & own), week=Count("pk", filter=own)
    )
    own_first = Case(When(own, then=Value(0)), default=Value(1))
    day, week = {"from_": f"{today}", "to": f"{today}"}, {"from_": f"{monday}", "to": f"{today}"}
    shown = {
        "sessions": list(sessions.filter(of_today).order_by(own_first, "-pk")[:SHOWN]),
        "today": listed(SESSIONS, user, **day).counted(numbers["today"]),
        "mine": listed(SESSIONS, user, **day, counsellor="me").counted(numbers["mine"]),
        "week": listed(SESSIONS, user, **week, counsellor="me").counted(numbers["week"]),
    }
    return Panel(_("Sessions of today"), "cases/landing/today.html", shown)


def _follow_ups(request: HttpRequest, sessions: QuerySet, resting: list[PutOff]) -> Panel:
    """What one promised: one's own sessions whose follow-up is overdue or due within the week.

    The figure counts those too that are put off: it is the number of the list behind it.
    """
    today = timezone.localdate()
    due = sessions.due_by(today).filter(counsellor=request.user).annotate(number=Window(Count("pk")))
    rows = list(due.order_by("follow_up_on", "pk")[: SHOWN + len(resting)])
    figure = listed(SESSIONS, request.user, follow_up="due", counsellor="me").counted(rows[0].number if rows else 0)
    put_off = {row.session_id for row in resting}
    shown = {
        "sessions": [row for row in rows if row.pk not in put_off][:SHOWN],
        "due": figure,
        "today": today,
        "resting": resting,
    }
    return Panel(_("Follow-ups due"), "cases/landing/follow_ups.html", shown)


def _unfinished(request: HttpRequest, sessions: QuerySet) -> Panel:
    """One's own sessions that lack what the centre asks for, the oldest first: they hold up the month's close."""
    rules, since = rules_of(request.user), timezone.localdate() - timedelta(days=COMPLETED_WITHIN)
    lacking = sessions.filter(incomplete(rules), counsellor=request.user, held_on__gte=since)
    rows = list(lacking.annotate(number=Window(Count("pk"))).order_by("held_on", "pk")[:SHOWN])
    for row in rows:
        row.missing = missing_of(row, rules)
    chosen = {"record": "incomplete", "counsellor": "me", "from_": f"{since}"}
    figure = listed(SESSIONS, request.user, **chosen).counted(rows[0].number if rows else 0)
    return Panel(_("To be completed"), "cases/landing/unfinished.html", {"sessions": rows, "unfinished": figure})


def _deadlines(request: HttpRequest, resting: list[PutOff]) -> Panel:
    """What clients have to do by a day, as one noted it: overdue and within 30 days, unless it is put off."""
    today = timezone.localdate()
    rows = Deadline.objects.visible_to(request.user).running().filter(counsellor=request.user)
    rows = (
        rows.exclude(pk__in=[row.deadline_id for row in resting])
        .filter(due_on__lte=today + timedelta(days=LATELY))
        .order_by("due_on", "pk")
    )
    rows = rows.prefetch_related(*with_client(request.user))
    shown = [
        {"deadline": row, "left": time_left(row.due_on), "mark": _mark(row.due_on - today)} for row in rows[:SHOWN]
    ]
    return Panel(_("Deadlines"), "cases/landing/deadlines.html", {"rows": shown, "resting": resting})


def _running_out(request: HttpRequest, sessions: QuerySet, resting: list[PutOff]) -> Panel:
    """One's own clients whose status of residence ends within 90 days, the soonest first.

    A client is on it until a later day stands in the file, and is no official's to see: who drops off without one
    has overstayed.
    """
    today = timezone.localdate()
    own = sessions.filter(counsellor=request.user, client__isnull=False, held_on__gt=today - timedelta(days=OWN))
    clients = Client.objects.visible_to(request.user).filter(merged_into=None, pk__in=own.values("client"))
    put_off = [row.client_id for row in resting]
    soonest = running_out(clients).exclude(pk__in=put_off).order_by("status_expires_on", "pk")
    rows = [
        {
            "client": client,
            "left": time_left(client.status_expires_on),
            "mark": _mark(client.status_expires_on - today),
        }
        for client in soonest.prefetch_related("names")[:SHOWN]
    ]
    return Panel(_("Statuses running out"), "cases/landing/running_out.html", {"rows": rows, "resting": resting})


def _resting(request: HttpRequest) -> list[PutOff]:
    """What the person has put off to a day that is still to come: follow-ups, running deadlines and statuses."""
    rows = PutOff.objects.visible_to(request.user).resting().filter(deadline__done_on=None).order_by("until", "pk")
    return list(rows.prefetch_related(*with_client(request.user)))


def _mark(left: timedelta) -> str:
    """How urgent so many days are: a week, a month, or the three months in which an extension is prepared."""
    return "badge--bad" if left.days <= 7 else "badge--wait" if left.days <= 30 else "badge--note"


def _latest_clients(request: HttpRequest, sessions: QuerySet) -> Panel:
    """Whom one saw last, each once."""
    since = timezone.localdate() - timedelta(days=LATELY)
    rows = sessions.filter(counsellor=request.user, client__isnull=False, held_on__gte=since)
    latest: dict[int, int] = {}
    for client, session in rows.order_by("-held_on", "-pk").values_list("client", "pk")[:LOOKED_THROUGH]:
        latest.setdefault(client, session)
    shown = list(sessions.filter(pk__in=list(latest.values())[:SHOWN]).order_by("-held_on", "-pk"))
    return Panel(_("My latest clients"), "cases/landing/clients.html", {"sessions": shown})


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
