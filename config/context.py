from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from accounts.contrast import contrast_of
from accounts.idle import idle_of
from accounts.models import User
from centers.middleware import BELOW_A_WORKSPACE
from centers.models import Workspace
from centers.selectors import held_in, memberships_of, scope_of
from config.navigation import tabs_of


def installation(request: HttpRequest) -> dict:
    """What every page says of the installation it belongs to, of who is looking and where they work.

    Read only where a template asks for it: an error page must not ask the database.
    """
    user = getattr(request, "user", None)
    workspace = getattr(request, "workspace", None)
    view_name = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "demo": settings.DEMO,
        "contrast": contrast_of(request),
        "now": SimpleLazyObject(timezone.localtime),
        "idle": SimpleLazyObject(lambda: idle_of(request)),
        "workspace": workspace,
        "workspaces": SimpleLazyObject(lambda: workspaces_of(user, request)),
        "here": SimpleLazyObject(lambda: address_to_open(request)),
        "roles_here": SimpleLazyObject(lambda: roles_of(user, workspace)),
        "tabs": SimpleLazyObject(lambda: tabs_of(user, view_name)),
        "may_log_sessions": SimpleLazyObject(lambda: bool(scope_of(user).of("work_sessions"))),
        "may_find_clients": SimpleLazyObject(lambda: bool(scope_of(user).of("view_clients"))),
        "reads_figures": SimpleLazyObject(lambda: bool(scope_of(user).of("view_figures"))),
    }


@dataclass(frozen=True)
class Place:
    """A workspace to choose, none for all of them, and the address that opens the same page there."""

    workspace: Workspace | None
    url: str


def workspaces_of(user: User, request: HttpRequest) -> list[Place]:
    """The workspaces in which the person works today, each once; where they are several, first all together."""
    held = list(dict.fromkeys(membership.workspace for membership in memberships_of(user)))
    page = "here/?" + urlencode({"page": relative(address_to_open(request))})
    each = [Place(workspace, f"/at/{workspace.code}/{page}") for workspace in held]
    return [Place(None, f"/{page}"), *each] if len(each) > 1 else each


def address_to_open(request: HttpRequest) -> str:
    """The address that opens the page anew, or the one that its form stood on, narrowed alike; what a form sent is
    not in it.
    """
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    sent_from = urlsplit(request.headers.get("Referer", ""))
    return (
        sent_from._replace(scheme="", netloc="").geturl() if sent_from.netloc == request.get_host() else request.path
    )


def relative(address: str) -> str:
    """An address without the workspace that it stands below."""
    below = BELOW_A_WORKSPACE.match(address)
    return address[below.end() :] if below else address


def roles_of(user: User, workspace: Workspace | None) -> list[str]:
    """The roles the person holds today, in words and each once; in one workspace, those held there."""
    return list(dict.fromkeys(membership.get_role_display() for membership in held_in(user, workspace)))
