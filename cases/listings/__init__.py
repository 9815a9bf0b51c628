"""The lists of this app."""

from cases.listings.access import ACCESSES
from cases.listings.activity import ACTIVITIES
from cases.listings.asked import ASKED_ELSEWHERE
from cases.listings.client import CLIENTS
from cases.listings.deadline import DEADLINES
from cases.listings.follow_up import FOLLOW_UPS
from cases.listings.pair import PAIRS
from cases.listings.session import SESSIONS
from cases.listings.stay import STAYS

__all__ = [
    "ACCESSES",
    "ACTIVITIES",
    "ASKED_ELSEWHERE",
    "CLIENTS",
    "DEADLINES",
    "FOLLOW_UPS",
    "PAIRS",
    "SESSIONS",
    "STAYS",
]
