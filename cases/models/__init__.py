from cases.models.activity import Activity
from cases.models.client import Client, ClientName, Contact, Identifier, IdentifierKind, NameKind
from cases.models.deadline import Deadline, DeadlineKind
from cases.models.draft import Draft
from cases.models.duplicate import DuplicateCandidate, PairState
from cases.models.household import FamilyLink, Household
from cases.models.join import ClientMerge, PersonJoin
from cases.models.person import Person, PersonKey
from cases.models.session import Session, SessionIssue
from cases.models.stay import Stay, StayLeave
from cases.models.terms import (
    Caller,
    Channel,
    Country,
    Interpretation,
    Language,
    Outcome,
    Relation,
    Sex,
    StatusCode,
    StayReason,
    Topic,
)

__all__ = [
    "Activity", "Caller", "Channel", "Client", "ClientMerge", "ClientName", "Contact", "Country", "Deadline",
    "DeadlineKind", "Draft", "DuplicateCandidate", "FamilyLink", "Household", "Identifier", "IdentifierKind",
    "Interpretation", "Language", "NameKind", "Outcome", "PairState", "Person", "PersonJoin", "PersonKey", "Relation",
    "Session", "SessionIssue", "Sex", "StatusCode", "Stay", "StayLeave", "StayReason", "Topic",
]  # fmt: skip
