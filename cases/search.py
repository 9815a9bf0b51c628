"""Finding one's own clients by what somebody says: a name in any script, a number, a telephone ending."""

import re
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases.matching.signs import are_initials, initials, words
from cases.matching.stored import sounding
from cases.models import Client, ClientName, Contact, Identifier, IdentifierKind, Session
from cases.models.keys import digits_of
from cases.numbers import numbered
from cases.secrecy import digest
from centers.selectors import may_anywhere

MOST = 50
SHORTEST, LONGEST = 2, 100  # characters
ENDING = 4  # digits of a telephone number
CENTURIES = (19, 20)  # in which somebody who comes was born
WHOLE = {
    IdentifierKind.REGISTRATION: "[0-9]{13}",
    IdentifierKind.PASSPORT: "(?=[0-9A-Z]*[0-9])[0-9A-Z]{5,20}",
}


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
    if len(found) <= MOST and not _is_number(text):
        found = list(dict.fromkeys([*found, *sounding(ClientName.objects.visible_to(viewer), text)]))
    shown = _living(viewer, found)
    sessions = _sessions(viewer, text) if may_anywhere(viewer, "view_sessions") else []
    return Results(shown[:MOST], sessions, more=len(shown) > MOST)


def _is_number(text: str) -> bool:
    """Whether the text is a number of some kind, with a letter or two: it sounds like nobody."""
    return 2 * len(digits_of(text)) > len("".join(words(text)))


def _living(viewer: User, found: list[int]) -> list[Client]:
    """The files that live on, in this order: of one that was merged away, the one that took it in."""
    clients = Client.objects.visible_to(viewer).prefetch_related("names")
    rows = clients.in_bulk(found[: MOST + 1])
    while missing := {row.merged_into_id for row in rows.values() if row.merged_into_id} - rows.keys():
        rows |= clients.in_bulk(missing)
    shown = dict.fromkeys(_kept(rows, pk) for pk in found if pk in rows)
    return [rows[pk] for pk in shown if pk in rows]


def _kept(rows: dict[int, Client], pk: int) -> int:
    while pk in rows and rows[pk].merged_into_id:
        pk = rows[pk].merged_into_id
    return pk


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
    clients = Client.objects.visible_to(viewer)
    queries = [numbered(clients, text).values_list("pk", flat=True)]
    if hashes := _hashes(text):
        queries.append(_ids(Identifier.objects.visible_to(viewer).filter(digest__in=hashes)))
    if days := days_of(text):
        queries.append(clients.filter(birth_date__in=days).order_by("pk").values_list("pk", flat=True))
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


def _hashes(text: str) -> list[bytes]:
    """The keyed hashes of a whole number of the state that the text may be. Of its ending there is none."""
    plain = re.sub(r"[\s-]", "", text).upper()
    kinds = [kind for kind, form in WHOLE.items() if re.fullmatch(form, plain)]
    return [digest(kind, plain) for kind in kinds]


def days_of(text: str) -> list[date]:
    """The days of birth that the text may be: 1990-03-04, 1990.3.4, 19900304, 900304 as in a registration number."""
    parts = re.fullmatch(r"([0-9]{4})\D{1,2}([0-9]{1,2})\D{1,2}([0-9]{1,2})\D?", text)
    plain = re.fullmatch(r"([0-9]{4}|[0-9]{2})([0-9]{2})([0-9]{2})", text)
    if not (told := parts or plain):
        return []
    year, month, day = told.groups()
    years = [year] if len(year) == 4 else [f"{century}{year}" for century in CENTURIES]
    found = [_day(int(each), int(month), int(day)) for each in years]
    return [each for each in found if each and each <= timezone.localdate()]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


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
