from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import User
from audit.models import Action
from audit.services import record
from centers.models import Membership, Role, Workspace, WorkspaceGrant
from centers.roles import ROLE_PERMISSIONS


@transaction.atomic
def grant_role(
    *,
    user: User,
    workspace: Workspace,
    role: Role,
    actor: User | None,
    official: bool = True,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Membership:
    """Give a person a role in a workspace, from ``starts_on`` (today) to and with ``ends_on`` (open).

    ``actor=None`` is the installation itself, which sets up the first administrator.
    Raises ValidationError where the person grants to themselves or holds the role on those days.
    """
    if actor == user:
        raise ValidationError(_("Nobody grants a role to themselves."), code="self")
    membership = Membership(
        user=user,
        workspace=workspace,
        role=role,
        official=official,
        granted_by=actor,
        starts_on=starts_on or timezone.localdate(),
        ends_on=ends_on,
    )
    membership.full_clean(exclude=None if actor else {"granted_by"})
    membership.save()
    align_grants(user=user, workspace=workspace)
    _record(Action.ROLE_GRANTED, membership, actor)
    return membership


@transaction.atomic
def end_role(*, membership_id: int, actor: User, ends_on: date | None = None) -> Membership:
    """End a role with a day (today), the last on which it is held.

    Raises ValidationError where the day lies before the role's first or after its last: a role that is over
    is granted anew.
    """
    membership = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership_id)
    last = ends_on or timezone.localdate()
    if membership.ends_on is not None and membership.ends_on < last:
        raise ValidationError(_("The role ends before that day already."), code="ended")
    membership.ends_on = last
    membership.full_clean()
    membership.save(update_fields=["ends_on"])
    align_grants(user=membership.user, workspace=membership.workspace)
    _record(Action.ROLE_ENDED, membership, actor)
    return membership


@transaction.atomic
def align_grants(*, user: User, workspace: Workspace) -> None:
    """Bring guardian's grants to what the roles of today and later bear; what two roles bear stays with one."""
    lasting = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()))
    roles = lasting.filter(user=user, workspace=workspace).values_list("role", flat=True)
    borne = set().union(*(ROLE_PERMISSIONS[role] for role in roles))
    granted = set(
        WorkspaceGrant.objects.filter(user=user, content_object=workspace).values_list(
            "permission__codename", flat=True
        )
    )
    for permission in sorted(borne - granted):
        assign_perm(permission, user, workspace)
    for permission in sorted(granted - borne):
        remove_perm(permission, user, workspace)


def _record(action: Action, membership: Membership, actor: User | None) -> None:
    record(
        action,
        actor=actor,
        target=membership,
        workspace_id=membership.workspace_id,
        role=str(membership.role),
        user=membership.user_id,
        starts_on=membership.starts_on.isoformat(),
        ends_on=membership.ends_on and membership.ends_on.isoformat(),
    )
