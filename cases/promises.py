"""Follow-ups as pages show them: which wait, what kept them, and which a session could keep."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from cases.listings.people import names_in_text, read_clients
from cases.models import Client, FollowUpAnswer, Session
from centers.prepared import prepared


@dataclass(frozen=True)
class Promises:
    """``ended`` is what kept the follow-up of a session; ``kept`` are those it kept, ``waiting`` those it could."""

    ended: FollowUpAnswer | None
    kept: list[FollowUpAnswer]
    waiting: list[Session]


@prepared
def _waiting(viewer: User, *, clients: list[int]) -> QuerySet[Session]:
    rows = Session.objects.visible_to(viewer).filter(voided_at=None, client__in=clients).promised()
    return rows.order_by("follow_up_on", "pk")


@prepared
def _answers(viewer: User, *, session: int) -> QuerySet[FollowUpAnswer]:
    rows = FollowUpAnswer.objects.visible_to(viewer).standing().filter(Q(session=session) | Q(answer=session))
    return rows.select_related("session", "answer").order_by("promised_on", "pk")


def waiting_of(viewer: User, clients: Iterable[int]) -> list[Session]:
    """The sessions with these clients whose follow-up waits, the longest overdue first, with their clients."""
    rows = list(_waiting(viewer, clients=sorted(clients)))
    read_clients(rows, viewer)
    return rows


def promise_in_words(session: Session, client: Client | None) -> str:
    """A follow-up as a choice: its day, the topic, and whose it is where that is not ``client``."""
    told = [session.follow_up_on.isoformat(), str(session.topic)]
    if client is None or session.client_id != client.pk:
        told.append(names_in_text(session.client))
    return " · ".join(told)


def promises_of(session: Session, viewer: User) -> Promises:
    """What the page of a session says of follow-ups; ``session.others`` are its further clients."""
    answers = _answers(viewer, session=session.pk)
    ended = (row for row in answers if row.session_id == session.pk and row.promised_on == session.follow_up_on)
    clients = {session.client_id, *(other.client_id for other in session.others.all())} - {None}
    earlier = [
        row
        for row in waiting_of(viewer, clients)
        if row.pk != session.pk and row.held_on <= session.held_on and row.client
    ]
    return Promises(
        ended=next(ended, None),
        kept=[row for row in answers if row.answer_id == session.pk],
        waiting=[] if session.voided_at else earlier,
    )
