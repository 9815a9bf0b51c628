from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.contrast import contrast_of
from accounts.idle import idle_of
from accounts.models import User
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
        "workspaces": SimpleLazyObject(lambda: workspaces_of(user)),
        "roles_here": SimpleLazyObject(lambda: roles_of(user, workspace)),
        "tabs": SimpleLazyObject(lambda: tabs_of(user, view_name)),
        "may_log_sessions": SimpleLazyObject(lambda: bool(scope_of(user).of("work_sessions"))),
        "may_find_clients": SimpleLazyObject(lambda: bool(scope_of(user).of("view_clients"))),
        "reads_figures": SimpleLazyObject(lambda: bool(scope_of(user).of("view_figures"))),
    }


@dataclass(frozen=True)
class Place:
    """A workspace to choose, none for all of them, and the address of its start page."""

    workspace: Workspace | None
    url: str


def workspaces_of(user: User) -> list[Place]:
    """The workspaces in which the person works today, each once; where they are several, first all together."""
    held = list(dict.fromkeys(membership.workspace for membership in memberships_of(user)))
    each = [Place(workspace, f"/at/{workspace.code}/") for workspace in held]
    return [Place(None, "/"), *each] if len(each) > 1 else each


def roles_of(user: User, workspace: Workspace | None) -> list[str]:
    """The roles the person holds today, in words and each once; in one workspace, those held there."""
    return list(dict.fromkeys(membership.get_role_display() for membership in held_in(user, workspace)))
