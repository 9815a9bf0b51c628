from cases.models.activity import Activity
from cases.models.attachment import Attachment, AttachmentContent, AttachmentKind
from cases.models.client import Client, ClientName, Contact, Identifier, IdentifierKind, NameKind
from cases.models.completion import CompletionRule
from cases.models.deadline import Deadline, DeadlineKind
from cases.models.draft import Draft
from cases.models.duplicate import DuplicateCandidate, PairState
from cases.models.employment import Employer, Employment
from cases.models.household import FamilyLink, Household
from cases.models.identity import AskedElsewhere, IdentityAnswer, IdentityBound, IdentityQuestion, IdentityRequest
from cases.models.join import ClientMerge, PersonJoin
from cases.models.month import MonthClose
from cases.models.person import Person, PersonKey
from cases.models.reminder import PutOff
from cases.models.session import FollowUpAnswer, Session, SessionClient, SessionIssue
from cases.models.stay import Stay, StayLeave
from cases.models.template import SessionTemplate
from cases.models.terms import (
    Caller,
    Channel,
    Country,
    Interpretation,
    Language,
    Outcome,
    Relation,
    Residence,
    Sex,
    StatusCode,
    StayReason,
    Topic,
    Urgency,
)

__all__ = [
    "Activity", "AskedElsewhere", "Attachment", "AttachmentContent", "AttachmentKind", "Caller", "Channel",
    "Client", "ClientMerge", "ClientName", "CompletionRule", "Contact", "Country", "Deadline", "DeadlineKind",
    "Draft", "DuplicateCandidate", "Employer", "Employment", "FamilyLink", "FollowUpAnswer", "Household",
    "Identifier", "IdentifierKind", "IdentityAnswer", "IdentityBound", "IdentityQuestion", "IdentityRequest",
    "Interpretation", "Language", "MonthClose", "NameKind", "Outcome", "PairState", "Person", "PersonJoin",
    "PersonKey", "PutOff", "Relation", "Residence", "Session", "SessionClient", "SessionIssue",
    "SessionTemplate", "Sex", "StatusCode", "Stay", "StayLeave", "StayReason", "Topic", "Urgency",
]  # fmt: skip
