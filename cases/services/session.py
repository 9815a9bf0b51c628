from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cases.models import Client, Session, SessionClient, SessionIssue, Topic
from cases.services.draft import end_draft
from cases.services.month import say_why
from centers.models import Workspace
from centers.scope import settle_constraints

WORKER_CENTER = "52-c1"  # the province's worker support centre; its sessions are of another programme


def default_programme(center: Workspace) -> str:
    """The support programme of a centre's sessions where none is named."""
    return "worker-settlement" if center.code == WORKER_CENTER else "one-centre"


@transaction.atomic
def log_session(
    *,
    actor: User,
    workspace: Workspace,
    form_token: UUID,
    held_on: date,
    client: Client | None = None,
    other_topics: Iterable[Topic] = (),
    others: Collection[Client] = (),
    seen: tuple[str, int] = ("", 0),
    **told,
) -> Session:
    """Put a session on record as counselled by ``actor`` and typed today.

    ``client`` is a file of the workspace, or none: then ``told`` may hold nationality, status and sex. With a client
    the status of their file is kept as the status at the time. ``others`` are further files of the workspace that
    were counselled with them: it stays one session, of at least so many clients. The draft of the form ends with it;
    ``seen`` is the tab and the version of it that were on the screen. Raises IntegrityError where the database
    refuses: a day in the future or outside the time the centre counts, a closed month without a ``change_reason``
    (``month_is_closed``), or a form that was sent before (``session_logged_once``).
    """
    say_why(told.get("change_reason", ""))
    told["clients"] = at_least(told.get("clients", 1), others)
    end_draft(actor=actor, token=form_token, seen=seen)
    session = Session.objects.create(
        workspace=workspace,
        client=client,
        person_id=client and client.person_id,
        held_on=held_on,
        programme_id=default_programme(workspace),
        counsellor=actor,
        counsellor_name=str(actor),
        recorded_on=timezone.localdate(),
        form_token=form_token,
        **(told | of_file(client)),
    )
    SessionIssue.objects.bulk_create(
        SessionIssue(workspace=workspace, session=session, topic=topic)
        for topic in other_topics
        if topic.pk != session.topic_id
    )
    join(session, others)
    settle_constraints()
    return session


def join(session: Session, others: Iterable[Client]) -> None:
    """Further clients of the session."""
    SessionClient.objects.bulk_create(
        SessionClient(
            workspace_id=session.workspace_id,
            session=session,
            client=client,
            person_id=client.person_id,
            held_on=session.held_on,
        )
        for client in others
    )


def at_least(clients: int, others: Collection[Client]) -> int:
    """How many were counselled: as many as was said, and never less than are named."""
    return max(clients, 1 + len(others))


def of_file(client: Client | None) -> dict:
    """What a session keeps of the client's file. Nationality and sex are read from the file itself."""
    return {"status": client.status, "nationality": None, "sex": None} if client else {}
