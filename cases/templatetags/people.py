"""How a page names whom a record is about."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cases.listings.people import names_shown
from cases.models import Client, Session
from centers.listing.columns import link

register = template.Library()


@register.filter
def whose(client: Client | None) -> SafeString:
    """All names of a file as the way to it, its number where it shows none; said in words where it is not open to the
    reader. A start page has forty of them.
    """
    if not client:
        return format_html('<span class="muted">{}</span>', _("Not open to you"))
    return link(client.get_absolute_url(), names_shown(client))


@register.filter
def with_whom(session: Session) -> SafeString:
    """Whom a session was with."""
    if not session.client_id:
        return format_html('<span class="muted">{}</span>', _("Anonymous"))
    return whose(session.client)
