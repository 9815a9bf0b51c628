from datetime import date

from accounts.models import User
from cases.models import Client, Deadline, PutOff, Session


def put_off_follow_up(*, actor: User, session: Session, until: date, reason: str) -> PutOff:
    """Out of the person's sight until a day. The follow-up of the session stays what it is."""
    of = {"user": actor, "session": session, "deadline": None}
    return _put_off(of, session.workspace_id, session.client_id, until, reason)


def put_off_deadline(*, actor: User, deadline: Deadline, until: date, reason: str) -> PutOff:
    """The same for a deadline. Its last day stays what it is."""
    of, told = {"user": actor, "deadline": deadline}, {"session_id": deadline.session_id}
    return _put_off(of, deadline.workspace_id, deadline.client_id, until, reason, **told)


def put_off_status(*, actor: User, client: Client, until: date, reason: str) -> PutOff:
    """The same for a status of residence that runs out."""
    return _put_off({"user": actor, "client": client, "session": None}, client.workspace_id, client.pk, until, reason)


def _put_off(of: dict, workspace_id: int, client_id: int, until: date, reason: str, **told) -> PutOff:
    told |= {"workspace_id": workspace_id, "client_id": client_id, "until": until, "reason": reason}
    row, _made = PutOff.objects.update_or_create(**of, defaults=told)
    return row


def take_up(*, actor: User, pk: int) -> bool:
    """Into sight again; whether there was such a reminder."""
    number, _of_what = PutOff.objects.visible_to(actor).filter(pk=pk).delete()
    return number > 0
