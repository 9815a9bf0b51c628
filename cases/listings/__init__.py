"""The lists of this app."""

from cases.listings.activity import ACTIVITIES
from cases.listings.client import CLIENTS
from cases.listings.session import SESSIONS
from cases.listings.stay import STAYS

__all__ = ["ACTIVITIES", "CLIENTS", "SESSIONS", "STAYS"]
