"""Who may open a page that is not about one row. Where it is, see ``querysets.get_visible_or_404``."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from centers.listing import Listing
from centers.selectors import may_anywhere, scope_of


def require_anywhere(user: User, permission: str) -> None:
    """Raises PermissionDenied unless the person holds the permission on some workspace today."""
    if not may_anywhere(user, permission):
        raise PermissionDenied(_("None of your roles opens this page."))


def require_listing(user: User, listing: Listing) -> None:
    """Raises PermissionDenied unless the list opens to the person today."""
    if not listing.is_open_to(user):
        raise PermissionDenied(_("None of your roles opens this page."))


def require_everywhere(user: User, permission: str) -> None:
    """Raises PermissionDenied unless the permission of the person reaches the whole province today."""
    if permission not in scope_of(user).everywhere:
        raise PermissionDenied(_("This page reaches beyond your workspaces, to others or to the whole province."))
