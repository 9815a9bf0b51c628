from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import PasswordBy, User
from centers.prepared import counted
from centers.rights import GRANT, SOON, grantable, standing, with_factor, with_role
from centers.selectors import scope_of
from config.panels import Panel

ABLE = gettext_lazy("Accounts that may sign in and hold at least one role today; somebody with two roles counts once.")
HELD = gettext_lazy("Roles that have begun and not ended, one for each person, workspace and role.")
ENDING = gettext_lazy("Roles of today whose last day is at most 30 days away.")
FACTOR = gettext_lazy("Accounts that may sign in and have no second factor (one-time code) set up.")
FIRST = gettext_lazy("Accounts that may sign in and whose password was given by somebody else and not yet replaced.")
BARE = gettext_lazy("Accounts that may sign in and hold no role today: they reach nothing, and can be closed.")


@counted
def _roles(viewer: User, *, today: date) -> tuple[QuerySet, dict]:
    ending = Q(ends_on__lte=today + timedelta(days=SOON))
    held = standing(grantable(viewer), "today", today=today)
    return held, {"held": Count("pk"), "soon": Count("pk", filter=ending)}


@counted
def _accounts(viewer: User, *, today: date) -> tuple[QuerySet, dict]:
    wanted = {
        "role": with_role(today),
        "bare": ~with_role(today),
        "factor": ~with_factor(),
        "first": Q(password_by=PasswordBy.GIVEN),
    }
    able = User.objects.filter(is_active=True)
    return able, {name: Count("pk", filter=which) for name, which in wanted.items()}


def panels(request: HttpRequest) -> list[Panel]:
    """Roles and accounts that want a look, for who grants roles in the whole province."""
    if GRANT not in scope_of(request.user).everywhere:
        return []
    grants, staff = reverse("centers:grants"), reverse("centers:staff")
    today = timezone.localdate()
    roles, people = _roles(request.user, today=today), _accounts(request.user, today=today)
    figures = [
        (_("People with a role today"), people["role"], f"{staff}?which=role", ABLE),
        (_("Roles held today"), roles["held"], grants, HELD),
        (_("Roles ending within 30 days"), roles["soon"], f"{grants}?state=soon", ENDING),
        (_("Accounts without a second factor"), people["factor"], f"{staff}?which=factor", FACTOR),
        (_("Accounts with a first password"), people["first"], f"{staff}?which=first", FIRST),
        (_("Accounts without a role today"), people["bare"], f"{staff}?which=bare", BARE),
    ]
    shown = {
        "figures": [{"label": label, "value": value, "url": url} for label, value, url, _counts in figures],
        "definitions": [(label, counts) for label, _value, _url, counts in figures],
        "as_of": today,
    }
    return [Panel(_("Roles and accounts"), "centers/_rights.html", shown, wide=True)]
