"""What can be filled into the form of a session at once, when the person asks for it: never by itself."""

import json
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from cases.models import Client, Session, SessionTemplate
from cases.session_values import texts_of
from centers.models import Workspace
from centers.prepared import prepared

LAST = "last"
REPEATED = ("channel", "language", "topic", "other_topics", "caller", "interpretation", "residence")


@dataclass(frozen=True)
class Offer:
    """``fields`` are texts by the names of the form's fields. ``key`` names the offer in an address."""

    key: str
    name: str
    fields: dict[str, list[str]]

    @property
    def json(self) -> str:
        return json.dumps(self.fields, ensure_ascii=False)


def last_of(viewer: User, client: Client) -> Offer | None:
    """How it was the last time, without what was said."""
    rows = Session.objects.visible_to(viewer).filter(client=client, voided_at=None)
    session = rows.prefetch_related("issues").order_by("-held_on", "-pk").first()
    if session is None:
        return None
    texts = texts_of(session)
    return Offer(LAST, session.held_on.isoformat(), {name: texts[name] for name in REPEATED if texts.get(name)})


def templates_at(viewer: User, centers: list[Workspace]) -> list[Offer]:
    """The frequent cases of these centres, and one's own."""
    rows = _templates(viewer, centers=[center.pk for center in centers])
    return [Offer(str(row.pk), row.name, row.fields) for row in rows]


@prepared
def _templates(viewer: User, *, centers: list[int]) -> QuerySet[SessionTemplate]:
    return SessionTemplate.objects.visible_to(viewer).filter(workspace__in=centers)


def offers_for(viewer: User, client: Client | None, centers: list[Workspace]) -> list[Offer]:
    last = last_of(viewer, client) if client else None
    return [*([last] if last else []), *templates_at(viewer, centers)]
