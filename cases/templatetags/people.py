"""How a page names whom a record is about."""

from django import template
from django.utils.safestring import SafeString

from cases.listings.people import names_shown
from cases.models import Client
from centers.listing.columns import link

register = template.Library()


@register.filter
def by_name(client: Client) -> SafeString:
    """All names of a file as the way to it; its number where it shows none. A start page has forty of them."""
    return link(client.get_absolute_url(), names_shown(client))
