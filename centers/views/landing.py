from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from centers.rights import GRANT, accounts, memberships_under
from centers.selectors import scope_of
from config.panels import Panel


def panels(request: HttpRequest) -> list[Panel]:
    """Roles and accounts that want a look, for who grants roles in the whole province."""
    if GRANT not in scope_of(request.user).everywhere:
        return []
    grants, staff = reverse("centers:grants"), reverse("centers:staff")
    figures = [
        (_("People with a role today"), accounts("role").count(), f"{staff}?which=role"),
        (_("Roles held today"), memberships_under(request.user, "today").count(), f"{grants}?state=today"),
        (_("Roles ending within 30 days"), memberships_under(request.user, "soon").count(), f"{grants}?state=soon"),
        (_("Accounts without a second factor"), accounts("factor").count(), f"{staff}?which=factor"),
        (_("Accounts without a role today"), accounts("bare").count(), f"{staff}?which=bare"),
    ]
    shown = [{"label": label, "value": value, "url": url} for label, value, url in figures]
    return [Panel(_("Roles and accounts"), "centers/_rights.html", {"figures": shown}, wide=True)]
