"""The lists of this app."""

from centers.listings.entry import ENTRIES
from centers.listings.grant import GRANTS
from centers.listings.staff import STAFF

__all__ = ["ENTRIES", "GRANTS", "STAFF"]
