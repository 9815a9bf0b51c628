"""What counselling and the shelter bring to the start page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, Q, QuerySet, Value, When, Window
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases.completion import COMPLETED_WITHIN, missing_of, rules_of, to_complete
from cases.draft_list import FORMS
from cases.files import time_left
from cases.forms import SessionForm
from cases.listings import CLIENTS, DEADLINES, FOLLOW_UPS, SESSIONS, STAYS
from cases.listings.client import LATELY, OWN, PAST, SOON, own_clients
from cases.listings.people import read_clients
from cases.listings.stay import in_bed_on
from cases.meanings import SESSION, TONIGHT
from cases.models import Client, Deadline, Draft, PutOff, Session, Stay, StayLeave
from cases.models.draft import KEPT_DISCARDED, KEPT_UNTOUCHED
from cases.unsent import HOURS, keys_for_unsent
from cases.views.identity import unseen_answers, waiting_requests
from cases.views.returning import in_a_row, row_of
from centers.listing import ListedFigure, listed
from centers.models import Bed
from centers.models.codes import names_of
from centers.prepared import counted, prepared
from centers.selectors import is_official, scope_of
from config.addresses import page_of
from config.panels import Panel

SHOWN = 6  # rows of a panel; the list behind it has them all
WARNED = timedelta(days=14)  # before a draft that nobody goes on with is deleted

Rules = tuple[tuple[int, tuple[str, ...]], ...]  # what each centre asks for, as ``rules_of`` has it


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


@prepared
def _typed(viewer: User, *, kept_from: datetime) -> QuerySet[Draft]:
    kept = Q(discarded_at=None) | Q(discarded_at__gt=kept_from)
    return Draft.objects.visible_to(viewer).filter(kept).order_by("-discarded_at", "-updated_at")


def _drafts(request: HttpRequest) -> Panel:
    """What one has typed and not put on record; text that only this browser still holds is sent from here too."""
    now = timezone.now()
    rows = _typed(request.user, kept_from=now - timedelta(days=KEPT_DISCARDED))
    read_clients(rows, request.user)
    rows = [_in_list(row, now) for row in rows]
    typed = [draft for draft in rows if draft["row"].discarded_at is None]
    shown = {
        "drafts": typed[:SHOWN],
        "older": typed[SHOWN:],
        "number": len(typed),
        "discarded": [draft for draft in rows if draft["row"].discarded_at],
        "key": keys_for_unsent(request.user),
        "hours": HOURS,
    }
    return Panel(_("Typed, not on record yet"), "cases/landing/drafts.html", shown)


def _in_list(draft: Draft, now: datetime) -> dict:
    """A draft as the list shows it; ``ends_on`` is the day on which it is deleted, where that is near."""
    ends_at = draft.updated_at + timedelta(days=KEPT_UNTOUCHED)
    return {
        "row": draft,
        "topic": SessionForm.topic_of(draft.fields),
        "stopped": FORMS[draft.kind].stopped_at(draft.fields),
        "ends_on": timezone.localdate(ends_at) if ends_at - now < WARNED else None,
    }


def _counselling(request: HttpRequest) -> list[Panel]:
    """What one promised, deadlines, whose status runs out, what lacks something, today's sessions, whom one saw last.

    What presses stands first. The clients of all panels are read at once.
    """
    viewer, today = request.user, timezone.localdate()
    resting = _resting(viewer, day=today)
    for row in resting:
        row.there = f"{_kind(row)}-{row.deadline_id or row.session_id or row.client_id}"
    sessions = [
        _sessions_of_today(viewer, today),
        _follow_ups(viewer, today, [row for row in resting if row.session_id and not row.deadline_id]),
        _unfinished(viewer, today),
        _latest_clients(viewer, today),
    ]
    put_off = [row for row in resting if row.deadline_id]
    deadlines = ([], []) if is_official(viewer) else _own_deadlines(viewer, today, put_off)
    ending_put_off = [row for row in resting if row.session_id is None]
    ending = [] if is_official(viewer) else _ending(viewer, today, ending_put_off)
    shown = [row for panel in sessions for row in panel.shown["sessions"]]
    for row, topic in zip(shown, names_of(shown, "topic"), strict=True):
        row.topic_name = topic
    read_clients([*resting, *deadlines[0], *deadlines[1], *shown], viewer, and_names_of=ending)
    day, due, unfinished, latest = sessions
    reminders = []
    if not is_official(viewer):
        running_out = _running_out(viewer, today, ending, ending_put_off)
        reminders = [_deadlines(viewer, deadlines, today, put_off), running_out]
    return [*_asked_by_others(request), due, *reminders, unfinished, day, latest]


def _asked_by_others(request: HttpRequest) -> list[Panel]:
    """What other centres ask and what they answered, where something waits."""
    found = []
    if waiting := waiting_requests(request.user):
        found.append(Panel(_("Requests of other centres"), "cases/landing/requests.html", {"waiting": waiting}))
    if unseen := unseen_answers(request.user):
        found.append(Panel(_("Answers to your requests"), "cases/landing/answers.html", {"unseen": unseen}))
    return found


def _standing(viewer: User) -> QuerySet[Session]:
    return Session.objects.visible_to(viewer).filter(voided_at=None)


@counted
def _numbers_of_the_week(viewer: User, *, monday: date, today: date) -> tuple[QuerySet, dict]:
    own, of_today = Q(counsellor=viewer), Q(held_on=today)
    return _standing(viewer).filter(own | of_today, held_on__gte=monday, held_on__lte=today), {
        "today": Count("pk", filter=of_today),
        "mine": Count("pk", filter=of_today & own),
        "week": Count("pk", filter=own),
    }


@prepared
def _of_today(viewer: User, *, today: date) -> QuerySet[Session]:
    own_first = Case(When(counsellor=viewer, then=Value(0)), default=Value(1))
    return _standing(viewer).filter(held_on=today).order_by(own_first, "-pk")[:SHOWN]


def _sessions_of_today(viewer: User, today: date) -> Panel:
    """Today's sessions of the workspace, one's own first, and one's own week in numbers."""
    monday = today - timedelta(days=today.weekday())
    numbers = _numbers_of_the_week(viewer, monday=monday, today=today)
    of_day, of_week = {"from_": f"{today}", "to": f"{today}"}, {"from_": f"{monday}", "to": f"{today}"}
    rows = _of_today(viewer, today=today)
    shown = {
        "day": today,
        "definitions": [SESSION],
        "sessions": rows,
        "more": numbers["today"] - len(rows),
        "today": listed(SESSIONS, viewer, **of_day).counted(numbers["today"]),
        "mine": listed(SESSIONS, viewer, **of_day, counsellor="me").counted(numbers["mine"]),
        "week": listed(SESSIONS, viewer, **of_week, counsellor="me").counted(numbers["week"]),
    }
    return Panel(_("Sessions of today"), "cases/landing/today.html", shown)


@prepared
def _due(viewer: User, most: int, *, day: date) -> QuerySet[Session]:
    due = _standing(viewer).due_by(day).filter(counsellor=viewer).annotate(number=Window(Count("pk")))
    return due.order_by("follow_up_on", "pk")[:most]


def _follow_ups(viewer: User, today: date, resting: list[PutOff]) -> Panel:
    """What one promised: one's own sessions whose follow-up is overdue or due within the week.

    The figure counts those too that are put off: it is the number of the list behind it.
    """
    rows = _due(viewer, SHOWN + len(resting), day=today)
    put_off = {row.session_id for row in resting}
    number = rows[0].number if rows else 0
    here = [row for row in rows if row.pk not in put_off][:SHOWN]
    in_a_row(here, "follow-ups")
    overdue = _("Overdue")
    for row in here:
        day, late = row.follow_up_on.isoformat(), row.follow_up_on < today
        row.due, row.mark = (f"{day} {overdue}", "bad") if late else (day, "wait")
        row.log = f"{_log(row.client_id)}&answers={row.pk}"
    shown = {
        "sessions": here,
        "due": listed(FOLLOW_UPS, viewer, state="due", counsellor="me").counted(number),
        "more": number - len(here) - sum(row.pk in put_off for row in rows),
        "resting": resting,
    }
    return Panel(_("Follow-ups due"), "cases/landing/follow_ups.html", shown)


def _log(client: int) -> str:
    """Where a session with a client is logged."""
    return f"{page_of('cases:session_new')}?client={client}"


@prepared
def _lacking(viewer: User, rules: Rules, *, since: date) -> QuerySet[Session]:
    return to_complete(viewer, dict(rules), since).annotate(number=Window(Count("pk")))[:SHOWN]


def _unfinished(viewer: User, today: date) -> Panel:
    """One's own sessions that lack what the centre asks for, the oldest first: they hold up the month's close."""
    rules, since = rules_of(viewer), today - timedelta(days=COMPLETED_WITHIN)
    rows = _lacking(viewer, tuple((place, tuple(fields)) for place, fields in sorted(rules.items())), since=since)
    for row in rows:
        row.missing = missing_of(row, rules)
    chosen = {"record": "incomplete", "counsellor": "me"}
    number = rows[0].number if rows else 0
    shown = {
        "sessions": rows,
        "unfinished": listed(SESSIONS, viewer, **chosen, from_=f"{since}").counted(number),
        "more": number - len(rows),
        "older": listed(SESSIONS, viewer, **chosen),
    }
    return Panel(_("To be completed"), "cases/landing/unfinished.html", shown)


@prepared
def _soonest(viewer: User, *, put_off: list[int]) -> QuerySet[Deadline]:
    rows = Deadline.objects.visible_to(viewer).running().filter(counsellor=viewer).exclude(pk__in=put_off)
    return rows.annotate(number=Window(Count("pk"))).order_by("due_on", "pk")[:SHOWN]


@prepared
def _ended(viewer: User, *, day: date) -> QuerySet[Deadline]:
    return Deadline.objects.visible_to(viewer).filter(counsellor=viewer, done_on=day).order_by("-pk")


def _own_deadlines(viewer: User, today: date, put_off: list[PutOff]) -> tuple[list[Deadline], list[Deadline]]:
    """Those that run, the soonest of them, and those that ended today."""
    return _soonest(viewer, put_off=[row.deadline_id for row in put_off]), _ended(viewer, day=today)


def _deadlines(
    viewer: User, deadlines: tuple[list[Deadline], list[Deadline]], today: date, resting: list[PutOff]
) -> Panel:
    """What clients have to do by a day, as one noted it, unless it is put off; what was ended today can run again."""
    rows, ended = deadlines
    in_a_row(rows, "deadlines")
    for row in ended:
        row.then = row_of(row)
    number = rows[0].number if rows else 0
    shown = {
        "rows": [{"deadline": row, "left": time_left(row.due_on), "mark": _mark(row.due_on - today)} for row in rows],
        "ended": ended,
        "figure": listed(DEADLINES, viewer, state="running", counsellor="me").counted(number + len(resting)),
        "more": number - len(rows),
        "resting": resting,
    }
    return Panel(_("Deadlines"), "cases/landing/deadlines.html", shown)


@prepared
def _own_running_out(viewer: User, *, today: date, until: date, since: date, put_off: list[int]) -> QuerySet[Client]:
    """Those to come first, and how many there are of them and of those whose day has passed."""
    clients = Client.objects.visible_to(viewer).filter(merged_into=None, pk__in=own_clients(viewer, since))
    ending = clients.filter(status_expires_on__lte=until).exclude(pk__in=put_off)
    to_come = Q(status_expires_on__gte=today)
    counted = ending.annotate(
        number=Window(Count("pk", filter=to_come)),
        passed=Window(Count("pk", filter=~to_come)),
        is_past=Case(When(to_come, then=Value(0)), default=Value(1)),
    )
    return counted.order_by("is_past", "status_expires_on", "pk")[:SHOWN]


def _ending(viewer: User, today: date, resting: list[PutOff]) -> list[Client]:
    put_off = [row.client_id for row in resting]
    until, since = today + timedelta(days=SOON), today - timedelta(days=OWN)
    return _own_running_out(viewer, today=today, until=until, since=since, put_off=put_off)


def _running_out(viewer: User, today: date, found: list[Client], resting: list[PutOff]) -> Panel:
    """One's own clients whose status of residence ends within 90 days, the soonest first.

    A client whose day has passed stays in a list of its own until a later one stands in the file. It is no official's
    to see: who is on it may have overstayed.
    """
    clients = [client for client in found if not client.is_past]
    in_a_row(clients, "running-out")
    number, passed = (found[0].number, found[0].passed) if found else (0, 0)
    days = [row.client.status_expires_on for row in resting if row.client]
    ending, past = (
        sum(day is not None and day >= today for day in days),
        sum(day is not None and day < today for day in days),
    )
    rows = [
        {
            "client": client,
            "log": _log(client.pk),
            "left": time_left(client.status_expires_on),
            "mark": _mark(client.status_expires_on - today),
        }
        for client in clients
    ]
    shown = {
        "rows": rows,
        "figure": listed(CLIENTS, viewer, expiring="1", mine="1").counted(number + ending),
        "more": number - len(rows),
        "past": listed(CLIENTS, viewer, expiring=PAST, mine="1").counted(passed + past),
        "resting": resting,
    }
    return Panel(_("Statuses running out"), "cases/landing/running_out.html", shown)


@prepared
def _resting(viewer: User, *, day: date) -> QuerySet[PutOff]:
    """What the person has put off to a day that is still to come: follow-ups, running deadlines and statuses."""
    rows = PutOff.objects.visible_to(viewer).resting(day).filter(deadline__done_on=None)
    # That of a follow-up which was kept meanwhile rests no more.
    waiting = Q(session=None) | Q(deadline__isnull=False) | Q(session__in=_standing(viewer).promised())
    return rows.filter(waiting).order_by("until", "pk")


def _kind(row: PutOff) -> str:
    """Which row of the page a reminder comes back to."""
    return "deadline" if row.deadline_id else "follow-up" if row.session_id else "status"


def _mark(left: timedelta) -> str:
    """How urgent so many days are: a week, a month, or the three months in which an extension is prepared."""
    return "badge--bad" if left.days <= 7 else "badge--wait" if left.days <= 30 else "badge--note"


@prepared
def _seen_last(viewer: User, *, since: date) -> QuerySet[Session]:
    """Of each client whom one saw after a day the last session, and how many clients they are."""
    own = _standing(viewer).filter(counsellor=viewer, client__isnull=False, held_on__gt=since)
    last = own.order_by("client", "-held_on", "-pk").distinct("client").values("pk")
    rows = _standing(viewer).filter(pk__in=last).annotate(number=Window(Count("pk")))
    return rows.order_by("-held_on", "-client")[:SHOWN]


def _latest_clients(viewer: User, today: date) -> Panel:
    """Whom one saw last, each once, in the order of the list of them."""
    rows = _seen_last(viewer, since=today - timedelta(days=LATELY))
    for row in rows:
        row.log = _log(row.client_id)
    shown = {
        "sessions": rows,
        "lately": listed(CLIENTS, viewer, mine="lately", sort="-seen"),
        "more": rows[0].number - len(rows) if rows else 0,
    }
    return Panel(_("My latest clients"), "cases/landing/clients.html", shown)


@prepared
def _in_bed(viewer: User, *, night: date) -> QuerySet[Stay]:
    return in_bed_on(_stays(viewer), night)


@prepared
def _arrived(viewer: User, *, since: date) -> QuerySet[Stay]:
    came = _stays(viewer).filter(checked_in_on__gte=since).annotate(number=Window(Count("pk")))
    return came.order_by("-checked_in_on", "-pk")[:SHOWN]


@prepared
def _gone(viewer: User, *, since: date, until: date) -> QuerySet[Stay]:
    gone = _stays(viewer).filter(checked_out_on__gte=since, checked_out_on__lte=until)
    return gone.annotate(number=Window(Count("pk"))).order_by("-checked_out_on", "-pk")[:SHOWN]


def _stays(viewer: User) -> QuerySet[Stay]:
    return Stay.objects.visible_to(viewer).filter(voided_at=None)


@prepared
def _away(viewer: User, *, stays: list[int], night: date) -> QuerySet:
    leaves = StayLeave.objects.visible_to(viewer).filter(stay__in=stays)
    return leaves.filter(left_on__lte=night, back_on__gt=night).values_list("stay", flat=True)


@prepared
def _beds(viewer: User, *, night: date) -> QuerySet[Bed]:
    beds = Bed.objects.filter(room__workspace__in=scope_of(viewer).of("view_stays")).filter(
        Q(in_service_to=None) | Q(in_service_to__gt=night), in_service_from__lte=night
    )
    return beds.select_related("room__workspace").order_by("room__workspace__code", "room__code", "code")


def _tonight(request: HttpRequest) -> Panel:
    """The bed board of tonight: every bed in service, and who sleeps in it."""
    viewer, today = request.user, timezone.localdate()
    stays = _in_bed(viewer, night=today)
    week = today - timedelta(days=6)
    came, left = _arrived(viewer, since=week), _gone(viewer, since=week, until=today)
    read_clients([*stays, *came, *left], viewer)
    by_bed = {stay.bed_id: stay for stay in stays}
    away = set(_away(viewer, stays=[stay.pk for stay in stays], night=today))
    rooms: dict = {}
    for bed in _beds(viewer, night=today):
        rooms.setdefault(bed.room, []).append(_bed_tonight(bed, by_bed.get(bed.pk), away, today))
    shown = {
        "day": today,
        "definitions": TONIGHT,
        "rooms": rooms,
        "here": listed(STAYS, viewer, night=f"{today}").counted(len(stays)),
        "free": sum(bed["stay"] is None for room in rooms.values() for bed in room),
        "arrivals": _moves(listed(STAYS, viewer, arrived_from=f"{week}"), came),
        "departures": _moves(listed(STAYS, viewer, left_from=f"{week}", left_to=f"{today}", sort="-left"), left),
    }
    return Panel(_("Here tonight"), "cases/landing/tonight.html", shown, wide=True)


def _moves(whole: ListedFigure, stays: list[Stay]) -> dict:
    """Some stays with the list of all of them, and how many of these are not shown."""
    number = stays[0].number if stays else 0
    return {"stays": stays, "whole": whole.counted(number), "more": number - len(stays)}


def _bed_tonight(bed: Bed, stay: Stay | None, away: set[int], today: date) -> dict:
    """A bed as the board shows it; a guest on leave keeps the bed and does not sleep in it."""
    nights = (today - stay.checked_in_on).days + 1 if stay else 0
    return {"bed": bed, "stay": stay, "away": stay is not None and stay.pk in away, "nights": nights}
