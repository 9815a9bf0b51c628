"""How a session came to read as it does."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.history import Change, changes, former, parts_added, parts_changed, plainly
from cases.listings.people import called
from cases.models import Session, SessionClient, SessionIssue
from cases.models.kept import Part
from cases.selectors import further_topics, status_shown
from centers.models.codes import name_of, row_of

TOLD = {
    "held_on": _("Held on"),
    "topic": _("Topic"),
    "language": _("Language"),
    "interpretation": _("Interpretation"),
    "channel": _("Channel"),
    "caller": _("Caller"),
    "minutes": _("Minutes"),
    "clients": _("Number of clients"),
    "programme": _("Programme"),
    "outcome": _("Outcome"),
    "nationality": _("Nationality"),
    "status": _("Status of residence at the time"),
    "sex": _("Sex"),
    "client": _("Client"),
    "counsellor_name": _("Counsellor"),
    "follow_up_on": _("Follow up on"),
    "wanted_language": _("Language asked for"),
    "residence": _("Place of residence"),
    "urgency": _("Urgency"),
    "note": _("Note"),
    "note_language": _("Language of the note"),
    "summary": _("Summary in Korean"),
    "ref": _("Number"),
    "voided": _("Void"),
    "void_reason": _("Reason"),
    "change_reason": _("Reason of a change after the month was closed"),
}


def session_changes(session: Session, viewer: User) -> list[Change]:
    """The changes of a session, of its further topics and of its further clients, the newest first."""
    found = [*_of_session(session, viewer), *_of_topics(session, viewer), *_of_clients(session, viewer)]
    staff = User.objects.in_bulk({change.by for change in found if change.by})
    told = [replace(change, who=str(staff.get(change.by, ""))) for change in found]
    return sorted(told, key=lambda change: change.at, reverse=True)


def _of_session(session: Session, viewer: User) -> Iterator[Change]:
    def show(row, field: str) -> str:
        if field == "status":
            return status_shown(row_of(row, "status"), None, viewer).name or "–"
        if field == "client":
            return called(row.client_id, viewer)
        if field == "voided":
            return now("yes") if row.voided_at else now("no")
        return plainly(row, field)

    return changes(former(viewer, Session, "pgh_obj", of=session.pk), session, TOLD, show)


def _of_topics(session: Session, viewer: User) -> Iterator[Change]:
    gone = further_topics(former(viewer, SessionIssue, "session", of=session.pk))
    there = further_topics(session.issues.all())
    return _of_parts(session, now("Further topics"), there, gone, lambda row: name_of(row, "topic"))


def _of_clients(session: Session, viewer: User) -> Iterator[Change]:
    """By the names that their files go by today, as far as the viewer reads them."""
    gone = former(viewer, SessionClient, "session", of=session.pk)
    return _of_parts(
        session, now("Counselled together"), session.others.all(), gone, lambda row: called(row.client_id, viewer)
    )


def _of_parts(
    session: Session, label: str, there: Iterable[Part], gone: list[Part], show: Callable[[Part], str]
) -> Iterator[Change]:
    """Those that were added later, and those that were changed or taken away."""
    today = {row.pk: show(row) for row in there}
    added = parts_added([*there, *reversed(gone)], show, since=session.recorded_at)
    for change in (*added, *parts_changed(gone, today, show)):
        yield replace(change, label=label)
