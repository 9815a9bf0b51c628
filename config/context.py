from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.views import CONTRAST_COOKIE, CONTRASTS
from centers.models import Workspace
from centers.selectors import memberships_of, scope_of


def installation(request: HttpRequest) -> dict:
    """What every page says of the installation it belongs to, of who is looking and where they work.

    Read only where a template asks for it: an error page must not ask the database.
    """
    user = getattr(request, "user", None)
    contrast = request.COOKIES.get(CONTRAST_COOKIE)
    return {
        "demo": settings.DEMO,
        "contrast": contrast if contrast in CONTRASTS else "",
        "idle": {"seconds": settings.IDLE_SECONDS, "warning": settings.IDLE_WARNING},
        "workspace": getattr(request, "workspace", None),
        "workspaces": SimpleLazyObject(lambda: workspaces_of(user)),
        "roles": SimpleLazyObject(lambda: roles_of(request)),
        "pages": SimpleLazyObject(lambda: pages_of(request)),
        "may": SimpleLazyObject(lambda: Permissions(user)),
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


def roles_of(request: HttpRequest) -> list[str]:
    """The roles that the person holds today where this page works, in words."""
    held = memberships_of(request.user)
    if getattr(request, "workspace", None):
        held = held.filter(workspace=request.workspace)
    return list(dict.fromkeys(membership.get_role_display() for membership in held))


class Permissions:
    """What the person may do anywhere that this page reaches: ``may.work_sessions`` in a template."""

    def __init__(self, user: User):
        self.scope = scope_of(user)

    def __getitem__(self, permission: str) -> bool:
        return permission in self.scope.everywhere or bool(self.scope.of(permission))


@dataclass(frozen=True)
class Page:
    """A page of the navigation. ``holds`` are the beginnings of the names of the routes that lie under it."""

    route: str
    name: str
    permission: str = ""
    everywhere: bool = False  # it is about the whole province
    holds: tuple[str, ...] = ()


NAVIGATION = (
    Page("home", _("Start")),
    Page("cases:sessions", _("Counselling"), "view_sessions", holds=("cases:session",)),
    Page("kpi:sheet", _("Performance indicators"), "view_figures", everywhere=True, holds=("kpi:",)),
)


def pages_of(request: HttpRequest) -> list[dict]:
    """The pages the person may open, in the order of the navigation, and which of them is open now."""
    scope = scope_of(request.user)
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [
        {"url": reverse(page.route), "name": page.name, "open": here.startswith((page.route, *page.holds))}
        for page in NAVIGATION
        if not page.permission
        or page.permission in scope.everywhere
        or (not page.everywhere and scope.of(page.permission))
    ]
