from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import User
from audit.models import Action
from audit.services import record
from centers.models import Membership, Role, Workspace, WorkspaceGrant
from centers.roles import ROLE_PERMISSIONS
from centers.separation import met_by


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
    stands_in_for: User | None = None,
    declaration: str = "",
) -> Membership:
    """Give a person a role in a workspace, from ``starts_on`` (today) to and with ``ends_on`` (open).

    ``actor=None`` is the installation itself, which sets up the first administrator. ``stands_in_for``: whose role it
    is on those days. ``declaration``: why one person holds two roles that are kept apart.
    Raises ValidationError where the person grants to themselves, holds the role on those days, or another one that
    does not go with it: with the code ``declare`` where saying why would let it pass.
    """
    if actor == user:
        raise ValidationError(_("Nobody grants a role to themselves."), code="self")
    first = starts_on or timezone.localdate()
    _keep_apart(user, role, first, ends_on, declaration)
    _stand_in_within(stands_in_for, workspace, role, first, ends_on)
    membership = Membership(
        user=user,
        workspace=workspace,
        role=role,
        official=official,
        granted_by=actor,
        starts_on=first,
        ends_on=ends_on,
        stands_in_for=stands_in_for,
        declaration=declaration,
    )
    membership.full_clean(exclude=None if actor else {"granted_by"})
    membership.save()
    align_grants(user=user, workspace=workspace)
    _record(Action.ROLE_GRANTED, membership, actor)
    return membership


def _keep_apart(user: User, role: Role, first: date, last: date | None, declaration: str) -> None:
    """Name the roles that do not go together, and why, before the database refuses without names."""
    for apart, held in met_by(user, role, first, last):
        told = {
            "new": Role(role).label,
            "held": held.get_role_display(),
            "place": held.workspace,
            "days": f"{held.starts_on.isoformat()} ~ {held.ends_on.isoformat() if held.ends_on else ''}",
            "reason": apart.reason,
        }
        if apart.refused:
            refused = _("%(new)s does not go with %(held)s, held at %(place)s (%(days)s): %(reason)s") % told
            raise ValidationError(refused, code="apart")
        if not (declaration or held.declaration):
            asked = _("Also %(held)s at %(place)s (%(days)s). %(reason)s Say why one person holds both.") % told
            raise ValidationError(asked, code="declare")


def _stand_in_within(whose: User | None, workspace: Workspace, role: Role, first: date, last: date | None) -> None:
    if whose is None:
        return
    if last is None:
        raise ValidationError(_("Who stands in does so up to a day: write the last one."), code="until")
    own = Membership.objects.filter(
        user=whose, workspace=workspace, role=role, stands_in_for=None, starts_on__lte=first
    )
    if not own.filter(Q(ends_on=None) | Q(ends_on__gte=last)).exists():
        told = {"name": whose, "role": Role(role).label, "place": workspace}
        raise ValidationError(
            _("%(name)s does not hold %(role)s at %(place)s on all of these days.") % told, code="within"
        )


@transaction.atomic
def end_role(*, membership_id: int, actor: User, ends_on: date | None = None) -> Membership:
    """End a role with a day (today), the last on which it is held; who stands in for it stops with it.

    Raises ValidationError where the day lies before the role's first or after its last: a role that is over
    is granted anew.
    """
    membership = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership_id)
    last = ends_on or timezone.localdate()
    if membership.ends_on is not None and membership.ends_on < last:
        raise ValidationError(_("The role ends before that day already."), code="ended")
    _end_stand_ins(membership, last, actor)
    membership.ends_on = last
    membership.full_clean()
    membership.save(update_fields=["ends_on"])
    align_grants(user=membership.user, workspace=membership.workspace)
    _record(Action.ROLE_ENDED, membership, actor)
    return membership


def _end_stand_ins(membership: Membership, last: date, actor: User) -> None:
    for stand_in in _stand_ins(membership).filter(ends_on__gt=last):
        if stand_in.starts_on > last and stand_in.starts_on > timezone.localdate():
            withdraw_role(membership_id=stand_in.pk, actor=actor)
        else:
            end_role(membership_id=stand_in.pk, actor=actor, ends_on=last)


def _stand_ins(membership: Membership) -> QuerySet[Membership]:
    """Who stands in for a role; for a stand-in nobody does."""
    if membership.stands_in_for_id is not None:
        return Membership.objects.none()
    of_it = {"workspace": membership.workspace_id, "role": membership.role, "stands_in_for": membership.user_id}
    return Membership.objects.filter(**of_it, starts_on__gte=membership.starts_on)


@transaction.atomic
def withdraw_role(*, membership_id: int, actor: User, reason: str = "") -> None:
    """Take back a role that has not begun, or on its first day one that was given by mistake, for a ``reason``; who
    stands in for it goes with it. From the next request on it opens nothing.

    The database refuses a role that began earlier: it is ended and kept.
    """
    membership = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership_id)
    user, workspace = membership.user, membership.workspace
    for stand_in in _stand_ins(membership):
        withdraw_role(membership_id=stand_in.pk, actor=actor, reason=reason)
    _record(Action.ROLE_WITHDRAWN, membership, actor, reason)
    membership.delete()
    align_grants(user=user, workspace=workspace)


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


def _record(action: Action, membership: Membership, actor: User | None, reason: str = "") -> None:
    reason = reason or membership.declaration
    record(
        action,
        actor=actor,
        target=membership,
        workspace_id=membership.workspace_id,
        role=str(membership.role),
        user=membership.user_id,
        starts_on=membership.starts_on.isoformat(),
        ends_on=membership.ends_on and membership.ends_on.isoformat(),
        **({"stands_in_for": membership.stands_in_for_id} if membership.stands_in_for_id else {}),
        **({"reason": reason} if reason else {}),
    )
