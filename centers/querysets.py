from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.shortcuts import get_object_or_404

from accounts.models import User
from centers.selectors import may, scope_of


class ScopedQuerySet(models.QuerySet):
    """Rows that hang on one workspace. The first wall; row security in the database is the second."""

    view_permission = ""
    shared = False  # whether rows carry ``shared_with``, the workspaces that read them beside their own

    def visible_to(self, user: User) -> ScopedQuerySet:
        """The rows the person may read. Every read on behalf of a person starts here.

        The workspaces stand in the query as constants, so that an index on the workspace serves it.
        """
        scope = scope_of(user)
        if self.view_permission in scope.everywhere:
            return self.all()
        here = scope.of(self.view_permission)
        if not here:
            return self.none()
        mine = Q(workspace_id__in=here)
        return self.filter(mine | Q(shared_with__overlap=list(here)) if self.shared else mine)


def get_visible_or_404(model: type[models.Model], user: User, pk: int, permission: str = "") -> models.Model:
    """The row for a view: 404 if the person may not know of it, 403 if they may only look."""
    row = get_object_or_404(model.objects.visible_to(user), pk=pk)
    if permission and not may(user, permission, row.workspace_id):
        raise PermissionDenied
    return row


def scoped(permission: str, *, shared: bool = False) -> type[ScopedQuerySet]:
    """The queryset class of a table whose rows are read with ``permission``."""
    return type("ScopedQuerySet", (ScopedQuerySet,), {"view_permission": permission, "shared": shared})
