from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.models import User
from centers.models import Workspace
from centers.selectors import memberships_of, scope_of


def installation(request: HttpRequest) -> dict:
    """What every page says of the installation it belongs to, of who is looking and where they work.

    Read only where a template asks for it: an error page must not ask the database.
    """
    user = getattr(request, "user", None)
    return {
        "demo": settings.DEMO,
        "workspace": getattr(request, "workspace", None),
        "workspaces": SimpleLazyObject(lambda: workspaces_of(user)),
        "pages": SimpleLazyObject(lambda: pages_of(user)),
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


def pages_of(user: User) -> list[dict[str, str]]:
    """The pages the person may open, in the order of the navigation."""
    scope = scope_of(user)
    pages = []
    if "view_figures" in scope.everywhere:
        pages.append({"app": "kpi", "url": reverse("kpi:sheet"), "name": _("Performance indicators")})
    if scope.of("view_sessions"):
        pages.append({"app": "cases", "url": reverse("cases:sessions"), "name": _("Counselling")})
    if "view_access_log" in scope.everywhere or scope.of("view_access_log"):
        pages.append({"app": "audit", "url": reverse("audit:access"), "name": _("Access log")})
    if "grant_roles" in scope.everywhere or scope.of("grant_roles"):
        pages.append({"app": "centers", "url": reverse("centers:grants"), "name": _("Roles")})
    return pages
