"""How a session came to read as it does."""

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.history import Change, changes, former, parts_changed, plainly
from cases.listings.people import called
from cases.models import Session, SessionIssue
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
    """The changes of a session and of its further topics, the newest first."""

    def show(row, field: str) -> str:
        if field == "status":
            return status_shown(row_of(row, "status"), None, viewer).name or "–"
        if field == "client":
            return called(row.client_id, viewer)
        if field == "voided":
            return now("yes") if row.voided_at else now("no")
        return plainly(row, field)

    found = list(changes(former(viewer, Session, "pgh_obj", of=session.pk), session, TOLD, show))
    further = former(viewer, SessionIssue, "session", of=session.pk)
    today = {issue.pk: str(issue.topic) for issue in further_topics(session.issues.all())}
    found += [
        Change(change.of, change.at, now("Further topics"), change.before, change.after)
        for change in parts_changed(further_topics(further), today, lambda row: name_of(row, "topic"))
    ]
    return sorted(found, key=lambda change: change.at, reverse=True)
