"""The pages of the navigation: one line for each, in the order in which they stand."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from centers.models import WorkspaceKind
from centers.scope import Scope
from centers.selectors import memberships_of, scope_of


@dataclass(frozen=True)
class Page:
    """One line of the navigation: where it leads, what it is called, and the permission that opens it, none
    where it opens to everyone who is signed in.

    ``routes`` are the beginnings of the names of the routes that belong to it: on all of them its tab is the
    current one. ``everywhere`` asks for the permission on the whole province, as ``require_everywhere`` does.
    ``kind`` asks for it on a workspace of that kind.
    """

    route: str
    name: str
    permission: str
    routes: tuple[str, ...]
    everywhere: bool = False
    kind: str = ""

    @property
    def url(self) -> str:
        return reverse(self.route)

    def opens_to(self, scope: Scope, kinds: dict[int, str]) -> bool:
        """Whether it opens to the scope of somebody who works in workspaces of these kinds."""
        if self.kind:
            return any(kinds.get(workspace) == self.kind for workspace in scope.of(self.permission))
        if not self.permission or self.permission in scope.everywhere:
            return True
        return not self.everywhere and bool(scope.of(self.permission))

    def holds(self, view_name: str) -> bool:
        """Whether a page, by the name of its route, belongs below this tab."""
        return view_name.startswith(self.routes)


PAGES = (
    Page("home", _("Start"), "", ("home",)),
    Page(
        "cases:sessions",
        _("Counselling"),
        "view_sessions",
        ("cases:session", "cases:completion", "cases:template", "cases:follow_up", "cases:deadline", "cases:month"),
    ),
    Page(
        "cases:clients",
        _("Clients"),
        "view_clients",
        ("cases:client", "cases:pair", "cases:identity", "cases:attachment"),
    ),
    Page(
        "visas:students",
        _("Students"),
        "view_clients",
        ("visas:student", "visas:status", "workbook:semester"),
        kind=WorkspaceKind.UNIVERSITY,
    ),
    Page("visas:board", _("Visa board"), "view_visa_cases", ("visas:board", "visas:bulk", "visas:receipt")),
    Page("visas:cases", _("Visa cases"), "view_visa_cases", ("visas:case", "visas:rule")),
    Page(
        "visas:checks",
        _("Duties"),
        "view_visa_cases",
        ("visas:check", "visas:finding", "visas:closing", "visas:question", "visas:duty"),
    ),
    Page("visas:quotas", _("Quotas"), "view_visa_cases", ("visas:quota", "visas:waiting", "visas:demand")),
    Page(
        "visas:universities",
        _("Universities"),
        "view_visa_cases",
        ("visas:universit", "visas:period", "visas:major"),
        everywhere=True,
    ),
    Page("visas:vouchers", _("Upgrade vouchers"), "view_vouchers", ("visas:voucher",)),
    Page("cases:stays", _("Stays"), "view_stays", ("cases:stay",)),
    Page("cases:activities", _("Activities"), "view_activities", ("cases:activit",)),
    Page("kpi:sheet", _("Performance indicators"), "view_figures", ("kpi:",), everywhere=True),
    Page("audit:access", _("Access log"), "view_access_log", ("audit:",)),
    Page(
        "cases:asked_elsewhere",
        _("Requests between centres"),
        "view_access_log",
        ("cases:asked_elsewhere",),
        everywhere=True,
    ),
    Page("centers:grants", _("Roles"), "grant_roles", ("centers:grant", "centers:separation", "cases:asking")),
    Page("centers:staff", _("Staff"), "grant_roles", ("centers:staff", "centers:account")),
)


def pages_of(user: User) -> list[Page]:
    """The pages the person may open where they work now, in the order of the navigation."""
    scope = scope_of(user)
    kinds = {held.workspace_id: held.workspace.kind for held in memberships_of(user)}
    return [page for page in PAGES if page.opens_to(scope, kinds)]


def tabs_of(user: User, view_name: str) -> list[tuple[Page, bool]]:
    """The person's pages, each with whether it is the one they are on."""
    return [(page, page.holds(view_name)) for page in pages_of(user)]
