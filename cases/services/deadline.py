from datetime import date, timedelta

from django.utils import timezone

from accounts.models import User
from cases.models import Deadline, DeadlineKind, Session
from centers.scope import settle_constraints


def start_deadline(
    *, actor: User, session: Session, kind: DeadlineKind, starts_on: date, due_on: date | None
) -> Deadline:
    """Note until when the client of a session has to do something.

    The last day is ``due_on``, else the kind's days after ``starts_on``, which itself does not count. Raises
    ValueError where neither is known, IntegrityError where the last day lies before the first or the same deadline
    runs already.
    """
    if due_on is None and kind.days is None:
        raise ValueError("a deadline without a last day")
    deadline = Deadline.objects.create(
        workspace=session.workspace,
        client_id=session.client_id,
        person_id=session.person_id,
        session=session,
        kind=kind,
        counsellor=actor,
        starts_on=starts_on,
        due_on=due_on or starts_on + timedelta(days=kind.days),
        recorded_on=timezone.localdate(),
    )
    settle_constraints()
    return deadline


def end_deadline(deadline: Deadline, *, done: bool) -> None:
    """The thing is done today, or, where that was said too soon, runs again."""
    deadline.done_on = timezone.localdate() if done else None
    deadline.save(update_fields=["done_on"])
    settle_constraints()
