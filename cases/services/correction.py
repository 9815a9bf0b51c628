"""A session on record that read otherwise than it was: corrected, or void. What it was is kept beside it."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cases.models import Client, Deadline, Session, SessionClient, SessionIssue, Topic
from cases.services.draft import end_draft
from cases.services.month import say_why
from cases.services.session import at_least, join, of_file
from centers.scope import settle_constraints


@transaction.atomic
def correct_session(
    *,
    actor: User,
    session: Session,
    told: dict,
    client: Client | None = None,
    further: tuple[Iterable[Topic], Iterable[Topic]] = ((), ()),
    others: Collection[Client] | None = None,
    form_token: UUID,
    seen: tuple[str, int] = ("", 0),
    reason: str = "",
) -> Session:
    """Write what was corrected: ``told`` are the fields that changed, ``further`` the topics added and taken away,
    ``others`` the further clients where these changed.

    ``client`` is whom it was with, where that changed; the status at the time is then that of their file, and the
    deadlines noted in the session move with it. Whoever shows the session first holds it still (``held_still``). The
    draft of the form ends. ``reason`` is why it is changed after its month was closed. Raises IntegrityError where the
    database refuses.
    """
    held = held_still(session)
    end_draft(actor=actor, token=form_token, seen=seen)
    if client and client.pk != held.client_id:
        told = told | {"client": client, "person_id": client.person_id} | of_file(client)
        moved = {"client": client, "person_id": client.person_id}
        Deadline.objects.filter(session=held).update(**moved)
    if others is not None:
        told = told | {"clients": at_least(told.get("clients", held.clients), others)}
        _set_others(held, others)
    _write(held, told | ({"change_reason": reason} if reason else {}))
    added, removed = further
    SessionIssue.objects.filter(session=held, topic__in=[*removed, held.topic_id]).delete()
    SessionIssue.objects.bulk_create(
        SessionIssue(workspace=held.workspace, session=held, topic=topic)
        for topic in added
        if topic.pk != held.topic_id
    )
    settle_constraints()
    return held


def _set_others(session: Session, others: Collection[Client]) -> None:
    there = set(session.others.values_list("client", flat=True))
    wanted = {client.pk for client in others}
    SessionClient.objects.filter(session=session, client__in=there - wanted).delete()
    join(session, [client for client in others if client.pk not in there])


def void_session(*, session: Session, reason: str) -> None:
    """The session stays in sight and counts no more: it was logged twice, or never was."""
    _write(session, {"voided_at": timezone.now(), "void_reason": reason, "change_reason": reason})
    settle_constraints()


def count_again(*, session: Session) -> None:
    """The session was voided by mistake. The reason that was given is kept in its history."""
    _write(session, {"voided_at": None, "void_reason": ""})
    settle_constraints()


def held_still(session: Session) -> Session:
    """The session as it is now; another correction waits until this transaction ends, and reads what it wrote."""
    return Session.objects.select_for_update(of=("self",)).get(pk=session.pk)


def _write(session: Session, told: dict) -> None:
    say_why(told.get("change_reason", ""))
    for name, value in told.items():
        setattr(session, name, value)
    if told:
        session.save(update_fields=[name.removesuffix("_id") for name in told])
