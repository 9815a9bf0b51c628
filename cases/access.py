from accounts.models import User
from cases.models import Client, Session
from centers.querysets import get_visible_or_404


def get_session_or_404(user: User, pk: int, permission: str = "") -> Session:
    """The session for a view: 404 if the person may not know of it, 403 if they may only look."""
    return get_visible_or_404(Session, user, pk, permission)


def get_client_or_404(user: User, pk: int, permission: str = "") -> Client:
    """The client's file for a view: 404 if the person may not know of it, 403 if they may only look."""
    return get_visible_or_404(Client, user, pk, permission)
