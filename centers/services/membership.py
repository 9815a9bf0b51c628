from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import User
from audit.models import Action
from audit.services import record
from centers.models import Membership, Role, Workspace
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
    for permission in sorted(ROLE_PERMISSIONS[role]):
        assign_perm(permission, user, workspace)
    record(Action.ROLE_GRANTED, actor=actor, target=membership, workspace_id=workspace.pk, role=str(role), user=user.pk)
    return membership


@transaction.atomic
def end_role(*, membership_id: int, actor: User, ends_on: date | None = None) -> Membership:
    """End a role on a day (today). What another role of the person still bears stays granted."""
    membership = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership_id)
    membership.ends_on = ends_on or timezone.localdate()
    membership.full_clean()
    membership.save(update_fields=["ends_on"])
    today = timezone.localdate()
    others = Membership.objects.filter(user=membership.user, workspace=membership.workspace).exclude(pk=membership.pk)
    still = set().union(
        *(ROLE_PERMISSIONS[other.role] for other in others if other.ends_on is None or other.ends_on >= today)
    )
    if membership.ends_on < today:
        for permission in sorted(ROLE_PERMISSIONS[membership.role] - still):
            remove_perm(permission, membership.user, membership.workspace)
    record(
        Action.ROLE_ENDED,
        actor=actor,
        target=membership,
        workspace_id=membership.workspace_id,
        role=membership.role,
        user=membership.user_id,
    )
    return membership
