"""Who holds what, for who grants roles."""

from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import PasswordBy, User
from centers.models import Membership
from centers.selectors import workspaces_where

GRANT = "grant_roles"
SOON = 30  # days within which a role that ends is looked at
STATES = {
    "today": _("Held today"),
    "soon": _("Ending within 30 days"),
    "later": _("Not begun yet"),
    "ended": _("Ended"),
    "all": _("All"),
}
ACCOUNTS = {
    "role": _("With a role today"),
    "bare": _("Without a role today"),
    "factor": _("Without a second factor"),
    "first": _("With a first password"),
}


def grantable(user: User) -> QuerySet[Membership]:
    """The roles in the workspaces where the person grants them."""
    return Membership.objects.filter(workspace__in=workspaces_where(user, GRANT))


def standing(memberships: QuerySet, state: str, *, today: date) -> QuerySet:
    """Those of a state of ``STATES`` on a day."""
    held = memberships.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today)
    return {
        "today": held,
        "soon": held.filter(ends_on__lte=today + timedelta(days=SOON)),
        "later": memberships.filter(starts_on__gt=today),
        "ended": memberships.filter(ends_on__lt=today),
        "all": memberships,
    }[state]


def with_role(today: date) -> Exists:
    """Whether an account holds a role on a day."""
    return Exists(standing(Membership.objects.filter(user=OuterRef("pk")), "today", today=today))


def with_factor() -> Exists:
    return Exists(Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP))


def accounts() -> QuerySet[User]:
    """Accounts that may sign in; each with whether it has a second factor (``factor``) and a role today (``held``)."""
    held = with_role(timezone.localdate())
    return User.objects.filter(is_active=True).annotate(factor=with_factor(), held=held)


def accounts_of_kind(staff: QuerySet[User], kind: str) -> QuerySet[User]:
    """Those of a kind of ``ACCOUNTS``."""
    return {
        "role": staff.filter(held=True),
        "bare": staff.filter(held=False),
        "factor": staff.filter(factor=False),
        "first": staff.filter(password_by=PasswordBy.GIVEN),
    }[kind]
