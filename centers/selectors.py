from collections import defaultdict

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from centers.models import Membership, Workspace, WorkspaceGrant, WorkspaceKind
from centers.roles import PROVINCE_WIDE, ROLE_PERMISSIONS
from centers.scope import NOTHING, Scope


def scope_of(user: User) -> Scope:
    """What a person may do where, today: guardian's grants, as far as a membership of today bears them.

    Kept on the user object, so that a request asks the database once.
    """
    if not user.is_authenticated or not user.is_active:
        return NOTHING
    if not hasattr(user, "_scope"):
        user._scope = _read_scope(user)
    return user._scope


def narrow(user: User, workspace: Workspace) -> None:
    """From here on the person works in one workspace alone: what they may do elsewhere does not reach it."""
    user._scope = _read_scope(user, workspace)


def workspace_at(user: User, code: str) -> Workspace | None:
    """The workspace of this code, where the person holds a role there today."""
    return next((held.workspace for held in memberships_of(user) if held.workspace.code == code), None)


def _read_scope(user: User, only: Workspace | None = None) -> Scope:
    today = timezone.localdate()
    rows = (
        # One filter: the days and the role have to be those of the person's own membership.
        WorkspaceGrant.objects.filter(
            Q(content_object__memberships__ends_on=None) | Q(content_object__memberships__ends_on__gte=today),
            user=user,
            content_object__memberships__user=user,
            content_object__memberships__starts_on__lte=today,
            **({"content_object": only} if only else {}),
        ).values_list(
            "permission__codename",
            "content_object_id",
            "content_object__kind",
            "content_object__memberships__role",
        )
    )
    workspaces, everywhere = defaultdict(set), set()
    for permission, workspace, kind, role in rows:
        if permission in ROLE_PERMISSIONS[role]:
            workspaces[permission].add(workspace)
            if kind == WorkspaceKind.PROVINCE and permission in PROVINCE_WIDE:
                everywhere.add(permission)
    return Scope(
        user.pk,
        {permission: tuple(sorted(ids)) for permission, ids in sorted(workspaces.items())},
        frozenset(everywhere),
    )


def may(user: User, permission: str, workspace_id: int | None) -> bool:
    return scope_of(user).allows(permission, workspace_id)


def may_anywhere(user: User, permission: str) -> bool:
    """Whether the person holds the permission on some workspace today."""
    scope = scope_of(user)
    return permission in scope.everywhere or bool(scope.of(permission))


def memberships_of(user: User) -> QuerySet[Membership]:
    """The roles the person holds today, with their workspaces.

    The query is kept on the user object with its rows, as the scope is: header and page ask once.
    """
    if not hasattr(user, "_memberships"):
        today = timezone.localdate()
        user._memberships = (
            Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), user=user, starts_on__lte=today)
            .select_related("workspace")
            .order_by("workspace__code", "role")
        )
    return user._memberships


def held_in(user: User, workspace: Workspace | None) -> list[Membership]:
    """The roles the person holds today in one workspace, or in all of them."""
    return [membership for membership in memberships_of(user) if workspace in (None, membership.workspace)]


def own_workspaces(user: User, permission: str) -> list[Workspace]:
    """The workspaces in which the person works and holds the permission today, by their code.

    They are read with the memberships, once for the whole page.
    """
    reached = scope_of(user).of(permission)
    held = dict.fromkeys(membership.workspace for membership in memberships_of(user))
    return [workspace for workspace in held if workspace.pk in reached]


def is_official(user: User) -> bool:
    """Whether the person carries the duty to report immigration violations in any role they hold today.

    Such a person is never shown, of a person, that a stay is irregular. Kept on the user object, as the scope is.
    """
    if not hasattr(user, "_official"):
        user._official = any(membership.official for membership in memberships_of(user))
    return user._official


def workspaces_where(user: User, permission: str) -> QuerySet[Workspace]:
    """The workspaces that a permission of the person reaches today."""
    scope = scope_of(user)
    if permission in scope.everywhere:
        return Workspace.objects.all()
    return Workspace.objects.filter(pk__in=scope.of(permission))
