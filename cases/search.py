"""Finding one's own clients by what somebody says: a name in any script, a number, a telephone ending."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.unseen import bare
from cases.listings.people import living_files, read_names
from cases.matching.database import GAPLESS
from cases.matching.passport import Passport, passport
from cases.matching.records import ENDING
from cases.matching.signs import are_initials, initials, words
from cases.matching.stored import given_read_alike, read_alike, reading_begins, sounding
from cases.matching.surnames import HAN
from cases.models import Client, ClientName, Contact, Identifier, IdentifierKind, Session
from cases.models.keys import BLOCK, digits_of, may_be_one, middles
from cases.numbers import Number, numbered
from cases.secrecy import digest
from centers.prepared import prepared
from centers.selectors import may_anywhere

MOST = 50
SHORTEST, LONGEST = 2, 100  # characters
LAST_PART = 3  # signs of a part at the end of a name; two are the end of too many
KEYS = ("key", "second_key", "third_key")
INITIALS = ("initials", "second_initials", "third_initials")
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
    """The clients and sessions that the viewer may read and that fit the text; the text leaves no trace.

    Of the lines of a passport, the name and the number are looked for.
    """
    text = plainly(text)
    problem = _problem(text)
    if problem:
        return Results(problem=problem)
    if lines := passport(text):
        return _of_passport(viewer, lines)
    if len(text) < SHORTEST:
        return _one_letter(viewer, text)
    return _results(viewer, _found(viewer, text), text)


def plainly(text: str) -> str:
    """What was typed, without signs that nobody sees and with one blank between words."""
    return " ".join(bare(unicodedata.normalize("NFKC", text)).split())


def _of_passport(viewer: User, lines: Passport) -> Results:
    """Whose the number is, and those of the name; by the second line alone also those born on the day."""
    held = Identifier.objects.visible_to(viewer).filter(digest__in=numbers_of(lines))
    found = list(_ids(held)[: MOST + 1]) if lines.number else []
    if lines.name:
        found += _found(viewer, lines.name)
    elif lines.born:
        born = Client.objects.visible_to(viewer).filter(birth_date=lines.born).order_by("pk")
        found += born.values_list("pk", flat=True)[: MOST + 1]
    return _results(viewer, list(dict.fromkeys(found)), "")


def _found(viewer: User, text: str) -> list[int]:
    found = list(dict.fromkeys(pk for rows in _clients(viewer, text) for pk in rows))
    if len(found) <= MOST and not _is_number(text):
        found = list(dict.fromkeys([*found, *sounding(ClientName.objects.visible_to(viewer), text)]))
    return found


def _one_letter(viewer: User, text: str) -> Results:
    """Those of whose name this letter is the whole, or a part by itself: A, 金; and what has the number 7.

    A Chinese sign is a whole surname, so that the names that begin with it are found as well.
    """
    names, key = ClientName.objects.visible_to(viewer), key_of(text)
    whole = Q(key=key) | Q(second_key=key) | Q(third_key=key)
    is_surname = bool(re.fullmatch(HAN, text))
    ways = [_files(numbered(Client.objects.visible_to(viewer), text), file="pk")]
    ways += [_files(names.filter(whole))] if key else []
    ways += [_begun(names, "key", key)] if is_surname else []
    results = _results(viewer, list(dict.fromkeys(_together(ways))), text)
    return results if results or is_surname else Results(problem=_too_short())


def _results(viewer: User, found: list[int], text: str) -> Results:
    shown = _living(viewer, found)
    sessions = _sessions(viewer, text) if text and may_anywhere(viewer, "view_sessions") else []
    return Results(shown[:MOST], sessions, more=len(shown) > MOST)


def _is_number(text: str) -> bool:
    """Whether the text is a number of some kind, with a letter or two: it sounds like nobody."""
    return 2 * len(digits_of(text)) > len("".join(words(text)))


def _living(viewer: User, found: list[int]) -> list[Client]:
    """The files that live on, in this order: of one that was merged away, the one that took it in."""
    files = living_files(found[: MOST + 1], viewer)
    shown = list({files[pk].pk: files[pk] for pk in found if pk in files}.values())
    read_names(shown, viewer)
    return shown


def _problem(text: str) -> str:
    if "\x00" in text:
        return _("This text has a sign that no name and no number has. Type it anew.")
    if not text:
        return _too_short()
    if len(text) > LONGEST:
        return _("This is longer than any name. Type a part of it.")
    return ""


def _too_short() -> str:
    return _(
        "Type at least two letters or one Chinese character of a name, a number or the last four digits of a telephone"
        " number."
    )


def _clients(viewer: User, text: str) -> list[Iterable[int]]:
    """The ids of fitting files, the surest first: the very name, the number, beginnings, the telephone."""
    names, clients = ClientName.objects.visible_to(viewer), Client.objects.visible_to(viewer)
    key = key_of(text)
    ways = [_files(names.filter(key=key))] if key else []
    ways.append(_files(numbered(clients, text), file="pk"))
    if hashes := hashes_of(text):
        ways.append(_files(Identifier.objects.visible_to(viewer).filter(digest__in=hashes)))
    if days := days_of(text):
        ways.append(_files(clients.filter(birth_date__in=days), file="pk"))
    if key:
        ways += [
            _files(read_alike(names, text)),
            *(_begun(names, each, key) for each in KEYS),
            *(_files(alike(names, text)) for alike in (given_read_alike, reading_begins)),
            *_ending_alike(names, key),
        ]
    if are_initials(text):
        ways += [_begun(names, each, initials(text)) for each in INITIALS]
    return [_together(ways), *_telephoned(viewer, text)]


def _together(ways: list[QuerySet]) -> list[int]:
    """What each way of looking finds, one after the other, in one statement: each costs less than the road to it."""
    found = [way.annotate(way=Value(place))[: MOST + 1] for place, way in enumerate(ways)]
    rows = list(found[0].union(*found[1:], all=True)) if found[1:] else found[0]
    return [row["file"] for row in sorted(rows, key=lambda row: (row["way"], row["word"], row["row"]))]


def _files(rows: QuerySet, word: str = "", *, file: str = "client_id") -> QuerySet:
    """The files of rows, by a column of theirs where one is named; of each row what puts it in order."""
    told = F(word) if word else Value("")
    return rows.order_by(*filter(None, [word]), "pk").values(file=F(file), word=told, row=F("pk"))


def _begun(rows: QuerySet, column: str, beginning: str) -> QuerySet:
    """The files of rows that begin so, the shortest first."""
    return _files(rows.filter(**{f"{column}__begins": beginning}), column)


def _ending_alike(names: QuerySet, key: str) -> Iterator[QuerySet]:
    """Names that end so, in scripts that leave no gap before a given name."""
    if len(key) >= LAST_PART and re.fullmatch(f"{GAPLESS}+", key):
        yield _begun(names, "key_backwards", key[::-1])


def _telephoned(viewer: User, text: str) -> Iterator[list[int]]:
    """Files with a telephone number that ends so, or whose last digits but four do: people say it in blocks.

    Of a long number the ending is looked for, since a country may stand before one of the two and not the other.
    """
    digits = digits_of(text)
    if len(digits) < BLOCK:
        return
    contacts = Contact.objects.visible_to(viewer)
    ending = contacts.filter(digits_backwards__begins=digits[-ENDING:][::-1]).order_by("digits_backwards", "pk")
    found = ending.values_list("client_id", "value")[: MOST + 1]
    yield [client for client, value in found if len(digits) <= ENDING or may_be_one(text, value)]
    if blocks := [_begun(contacts, "middle_backwards", middle) for middle in middles(text)]:
        yield _together(blocks)


def hashes_of(text: str) -> list[bytes]:
    """The keyed hashes of a whole number of the state that the text may be. Of its ending there is none."""
    if lines := passport(text):
        return numbers_of(lines)
    plain = re.sub(r"[\s-]", "", text).upper()
    kinds = [kind for kind, form in WHOLE.items() if re.fullmatch(form, plain)]
    return [digest(kind, plain) for kind in kinds]


def numbers_of(lines: Passport) -> list[bytes]:
    """The keyed hash of the number in the lines of a passport, if they have one."""
    return [digest(IdentifierKind.PASSPORT, lines.number)] if lines.number else []


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
    number = Number.of(text)
    if number.pk or number.at:
        return list(numbered(Session.objects.visible_to(viewer).order_by("-pk"), text)[:MOST])
    return _sessions_called(viewer, refs=[text, text.upper()])


@prepared
def _sessions_called(viewer: User, *, refs: list[str]) -> QuerySet[Session]:
    """What most texts ask for: a number of the workbook, and no number of ours."""
    return Session.objects.visible_to(viewer).filter(ref__in=refs).order_by("-pk")[:MOST]


def key_of(text: str) -> str:
    """The text as names are found by, as on a passport, too (NGUYEN<<VAN<AN). Empty where nothing of it is a name."""
    lines = passport(text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall.name_key(%s, 1)", [" ".join(words(lines.name if lines else text))])
        return cursor.fetchone()[0] or ""
