"""Finding one's own clients by what somebody says: a name in any script, a number, a telephone ending."""

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cases.matching.signs import are_initials, initials, words
from cases.matching.stored import sounding
from cases.models import Client, ClientName, Contact, Session
from cases.models.keys import digits_of
from cases.numbers import numbered
from centers.selectors import may_anywhere

MOST = 50
SHORTEST, LONGEST = 2, 100  # characters
ENDING = 4  # digits of a telephone number


@dataclass(frozen=True)
class Results:
    """What was found, the best first. ``problem`` says why nothing was looked for; ``more``, that there are others."""

    clients: list[Client] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    problem: str = ""
    more: bool = False

    def __bool__(self):
        return bool(self.clients or self.sessions)


def search(viewer: User, text: str) -> Results:
    """The clients and sessions that the viewer may read and that fit the text; the text leaves no trace."""
    text = " ".join(text.split())
    problem = _problem(text)
    if problem:
        return Results(problem=problem)
    found = list(dict.fromkeys(pk for rows in _clients(viewer, text) for pk in rows))
    if len(found) <= MOST:
        found = list(dict.fromkeys([*found, *sounding(ClientName.objects.visible_to(viewer), text)]))
    clients = Client.objects.visible_to(viewer).filter(merged_into=None)
    clients = clients.prefetch_related("names")
    rows = clients.in_bulk(found[: MOST + 1])
    shown = [rows[pk] for pk in found if pk in rows]
    sessions = _sessions(viewer, text) if may_anywhere(viewer, "view_sessions") else []
    return Results(shown[:MOST], sessions, more=len(shown) > MOST)


def _problem(text: str) -> str:
    if "\x00" in text:
        return _("This text has a sign that no name and no number has. Type it anew.")
    if len(text) < SHORTEST:
        return _("Type at least two characters of a name, a number or the last four digits of a telephone number.")
    if len(text) > LONGEST:
        return _("This is longer than any name. Type a part of it.")
    return ""


def _clients(viewer: User, text: str) -> list[QuerySet]:
    """The ids of fitting files, the surest first: the very name, the number, beginnings, the telephone."""
    names = ClientName.objects.visible_to(viewer)
    key = _key(" ".join(words(text)))  # as on a passport, too: NGUYEN<<VAN<AN
    queries = [numbered(Client.objects.visible_to(viewer), text).values_list("pk", flat=True)]
    if key:
        queries = [
            _ids(names.filter(key=key)),
            *queries,
            _ids(names.filter(key__begins=key).order_by("key", "pk")),
            _ids(names.filter(second_key__begins=key).order_by("second_key", "pk")),
            _ids(names.filter(third_key__begins=key).order_by("third_key", "pk")),
        ]
    if are_initials(text):
        queries.append(_ids(names.filter(initials__begins=initials(text)).order_by("initials", "pk")))
    digits = digits_of(text)
    if len(digits) >= ENDING:
        contacts = Contact.objects.visible_to(viewer)
        queries.append(_ids(contacts.filter(digits_backwards__begins=digits[::-1])))
    return [query[: MOST + 1] for query in queries]


def _ids(rows: QuerySet) -> QuerySet:
    return rows.values_list("client_id", flat=True)


def _sessions(viewer: User, text: str) -> list[Session]:
    rows = Session.objects.visible_to(viewer).order_by("-pk")
    return list(numbered(rows, text)[:MOST])


def _key(text: str) -> str:
    """The text as names are found by. Empty where nothing of it is part of one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall.name_key(%s, 1)", [text])
        return cursor.fetchone()[0] or ""
