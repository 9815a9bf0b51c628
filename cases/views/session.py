from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from cases.completion import COMPLETED_WITHIN, missing_of, rules_of, still_missing, to_complete
from cases.deadline_forms import kinds_for
from cases.listings import FOLLOW_UPS, SESSIONS
from cases.listings.people import each_once, read_clients, readable_client
from cases.models import Client, Deadline, PutOff, Session, SessionClient, SessionIssue
from cases.paper import session_as_pdf
from cases.promises import promises_of
from cases.selectors import further_topics, status_shown
from cases.session_history import session_changes
from centers.prepared import attach, prepared
from centers.selectors import is_official, may, scope_of
from centers.views.listing import show

TODAY, ALL = "today", "all"  # the queues of what is to be completed


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    closes = set(scope.of("accept_activities")) & set(scope.of("work_sessions"))
    known = {"may_close": bool(closes), "may_note": not is_official(request.user)}
    return show(request, SESSIONS, **known)


@never_cache
@require_safe
def follow_ups(request: HttpRequest) -> HttpResponse:
    return show(request, FOLLOW_UPS)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    session = read_session(request.user, pk)
    readable = [other for other in session.others.all() if readable_client(other)]
    others = each_once(readable, beside=_client(session))
    context = {
        "session": session,
        "client": _client(session),
        "issues": further_topics(session.issues.all()),
        "status": status_shown(session.status, None, request.user),
        "late": (session.recorded_on - session.held_on).days if session.recorded_on else 0,
        "changes": session_changes(session, request.user),
        "others": others,
        "merged": len(readable) - len(others),
        "hidden": len(session.others.all()) - len(readable),
        "missing": still_missing(session, request.user),
        "may_work": may(request.user, "work_sessions", session.workspace_id),
        "promises": promises_of(session, request.user),
        **_deadlines(session, request.user),
        **_beside(session, request.user),
        **(_queue(request, session) if "queue" in request.GET else {}),
    }
    return render(request, "cases/session_detail.html", context)


def _queue(request: HttpRequest, done: Session) -> dict:
    """What of one's own is still to be completed after a session, and where it goes on: at the first field it lacks.

    ``?queue=today`` goes on with what the start page shows, in its order; any other with all, however old.
    """
    viewer, name = request.user, queue_named(request.GET)
    rules, today = rules_of(viewer), timezone.localdate()
    rows = to_complete(viewer, rules, today - timedelta(days=COMPLETED_WITHIN) if name == TODAY else None)
    after = Q(held_on__gt=done.held_on) | Q(held_on=done.held_on, pk__gt=done.pk)
    first = rows.filter(after).first() or rows.first()
    at = missing_of(first, rules)[0][0] if first else ""
    return {"queue": {"name": name, "number": rows.count(), "next": first, "at": at}}


def queue_named(told: QueryDict) -> str:
    """Which queue of sessions to be completed an address or a form goes on with."""
    return TODAY if told.get("queue") == TODAY else ALL


@never_cache
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The session as a PDF. Nothing of the person is in its name, and the access log has whose it was."""
    session = read_session(request.user, pk)
    response = HttpResponse(session_as_pdf(session, request.user), content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"session-{session.pk}.pdf"
    )
    return response


def read_session(viewer: User, pk: int) -> Session:
    """The session with all that its page shows, as far as the viewer may read it. Raises Http404."""
    found = _session(viewer, pk=pk)
    if not found:
        raise Http404
    others = _others(viewer, session=pk)
    read_clients([*found, *others], viewer)
    attach(found, "others", others)
    attach(found, "issues", _issues(viewer, session=pk))
    return found[0]


@prepared
def _session(viewer: User, *, pk: int) -> QuerySet[Session]:
    return Session.objects.visible_to(viewer).filter(pk=pk).select_related("counsellor")


@prepared
def _others(viewer: User, *, session: int) -> QuerySet[SessionClient]:
    """The further clients of a session."""
    return SessionClient.objects.visible_to(viewer).filter(session=session).order_by("pk")


@prepared
def _issues(viewer: User, *, session: int) -> QuerySet[SessionIssue]:
    return SessionIssue.objects.visible_to(viewer).filter(session=session).order_by("pk")


def _client(session: Session) -> Client | None:
    """The client, as far as their file is the viewer's to open."""
    return session.client if session.client_id and session._state.fields_cache.get("client") else None


def _deadlines(session: Session, viewer: User) -> dict:
    """What was noted in the session until when; nothing for an official, or where there is nobody to remind."""
    if session.client_id is None or is_official(viewer):
        return {}
    rows = _deadlines_of(viewer, session=session.pk)
    resting = _resting(viewer, day=timezone.localdate(), deadlines=[row.pk for row in rows])
    by_deadline = {put_off.deadline_id: put_off for put_off in resting}
    running = {row.kind_id for row in rows if row.done_on is None}
    return {
        "deadlines": [{"row": row, "put_off": by_deadline.get(row.pk)} for row in rows],
        "starts": [
            kind for kind in kinds_for(session.topic_id) if session.topic_id in kind.topics and kind.pk not in running
        ],
    }


@prepared
def _deadlines_of(viewer: User, *, session: int) -> QuerySet[Deadline]:
    return Deadline.objects.visible_to(viewer).filter(session=session).order_by("due_on", "pk")


@prepared
def _resting(viewer: User, *, day: date, deadlines: list[int]) -> QuerySet[PutOff]:
    return PutOff.objects.visible_to(viewer).resting(day).filter(deadline__in=deadlines)


def _beside(session: Session, viewer: User) -> dict[str, Session | None]:
    """The session of the same client before this one, and the one after."""
    if session.client_id is None:
        return {"previous": None, "next": None}
    place = {"client": session.client_id, "day": session.held_on, "pk": session.pk}
    earlier, later = _earlier(viewer, **place), _later(viewer, **place)
    return {"previous": earlier[0] if earlier else None, "next": later[0] if later else None}


@prepared
def _earlier(viewer: User, *, client: int, day: date, pk: int) -> QuerySet[Session]:
    rows = Session.objects.visible_to(viewer).filter(client=client)
    rows = rows.filter(Q(held_on__lt=day) | Q(held_on=day, pk__lt=pk), held_on__lte=day)
    return rows.order_by("-held_on", "-pk")[:1]


@prepared
def _later(viewer: User, *, client: int, day: date, pk: int) -> QuerySet[Session]:
    rows = Session.objects.visible_to(viewer).filter(client=client)
    rows = rows.filter(Q(held_on__gt=day) | Q(held_on=day, pk__gt=pk), held_on__gte=day)
    return rows.order_by("held_on", "pk")[:1]
