"""What one promised a client is kept by a later session, or ended for a reason; nothing ends it silently."""

from collections.abc import Iterable

from accounts.models import User
from cases.models import FollowUpAnswer, Session
from centers.scope import settle_constraints


def keep_follow_ups(*, actor: User, promised: Iterable[Session], by: Session) -> None:
    """The session keeps what earlier ones promised.

    Raises IntegrityError (``follow_up_kept_by_its_client``) where it was not with the client of one of them, or lies
    before it.
    """
    FollowUpAnswer.objects.bulk_create(_answer(actor, session, answer=by) for session in promised)
    settle_constraints()


def end_follow_up(*, actor: User, session: Session, reason: str) -> FollowUpAnswer:
    """No session is needed any more, and why. Raises IntegrityError where that was said before."""
    answer = _answer(actor, session, reason=reason)
    answer.save()
    settle_constraints()
    return answer


def take_follow_up_again(*, session: Session) -> int:
    """The follow-up waits again; how many answers it had. What they were is kept in their history."""
    number, _of_what = FollowUpAnswer.objects.filter(session=session, promised_on=session.follow_up_on).delete()
    settle_constraints()
    return number


def _answer(actor: User, session: Session, **told) -> FollowUpAnswer:
    place = {"workspace_id": session.workspace_id, "session": session, "promised_on": session.follow_up_on}
    return FollowUpAnswer(**place, **told, ended_by=actor)
