from accounts.models import User
from cases.models import Activity, Client, Session, Stay
from centers.querysets import get_visible_or_404


def get_session_or_404(user: User, pk: int, permission: str = "") -> Session:
    """The session for a view: 404 if the person may not know of it, 403 if they may only look."""
    return get_visible_or_404(Session, user, pk, permission)


def get_client_or_404(user: User, pk: int, permission: str = "") -> Client:
    """The client's file for a view: 404 if the person may not know of it, 403 if they may only look."""
    return get_visible_or_404(Client, user, pk, permission)


def get_stay_or_404(user: User, pk: int) -> Stay:
    """The stay for a view: 404 if the person may not know of it."""
    return get_visible_or_404(Stay, user, pk)


def get_activity_or_404(user: User, pk: int) -> Activity:
    """The activity for a view: 404 if the person may not know of it."""
    return get_visible_or_404(Activity, user, pk)


def get_client_if_readable(user: User, pk: int) -> Client | None:
    """Whom a record is about, with all names, where the person may read the file; a record may be read without it."""
    return Client.objects.visible_to(user).prefetch_related("names").filter(pk=pk).first()
