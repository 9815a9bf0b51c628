"""Files that may be of one person: looked for by the indexed keys, compared by ``cases/matching``."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from django.db.models import QuerySet

from accounts.models import User
from cases.matching import hanja
from cases.matching.compare import compare
from cases.matching.pairs import LIKELY
from cases.matching.reasons import in_words
from cases.matching.records import ENDING, Record, whole_name
from cases.matching.signs import words
from cases.matching.stored import read_alike, sounding
from cases.matching.weights import Population
from cases.models import Client, ClientName, Contact, Identifier, IdentifierKind
from cases.models.keys import digits_of
from centers.selectors import scope_of

ENOUGH = 40  # files that one name brings; those of a common name need more than the name
SHOWN = 6
SAME_NUMBER = 0.99
Why = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Known:
    """What is known of a person, typed or on file.

    ``numbers`` are keyed hashes by kind, never in clear: of each kind the one in use and former ones.
    """

    names: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    birth_date: date | None = None
    sex: str = ""
    nationality: str = ""
    numbers: dict[str, set[bytes]] = field(default_factory=dict)

    @classmethod
    def of_file(cls, client: Client) -> "Known":
        """Of a file with its names, contacts and identifiers at hand."""
        numbers: dict[str, set[bytes]] = defaultdict(set)
        for row in client.identifiers.all():
            numbers[row.kind].add(bytes(row.digest))
        return cls(
            [name.text for name in client.names.all()],
            [row.value for row in client.contacts.all() if row.kind == "phone"],
            client.birth_date,
            client.sex_id or "",
            client.nationality_id or "",
            numbers,
        )

    def records(self, pair_id: str = "", *, turned: bool = False) -> Iterator[Record]:
        """One record for each name and number; ``turned``, also with the last word of a name as the surname.

        A name in Chinese signs is also taken as Koreans read it, and one in Hangul as it is spoken.
        """
        registered = sorted(self.numbers.get(IdentifierKind.REGISTRATION, ())) or [b""]
        for name in self.names or [""]:
            for divided in _divided(name, turned):
                for phone, number in product(self.phones or [""], registered):
                    yield self._record(pair_id, divided, phone, number.hex())

    def _record(self, pair_id: str, name: dict[str, str], phone: str, number: str) -> Record:
        told = {"birth_date": self.birth_date, "sex": self.sex[:1], "nationality": self.nationality}
        return Record.of(name | told | {"id": pair_id, "phone": phone, "registration_number": number})


def _divided(name: str, turned: bool) -> Iterator[dict[str, str]]:
    yield whole_name(name)
    joined = "".join(words(name))
    if hanja.reading(joined) not in {"", joined}:
        yield whole_name(hanja.reading(joined))
    *given, last = words(name) or [""]
    if turned and given:
        yield {"surname": last, "given_name": " ".join(given)}


@dataclass(frozen=True)
class Likely:
    """A file that may be of the same person: how likely from 0 to 1, and why."""

    client: Client
    score: float
    why: Why

    @property
    def reasons(self) -> str:
        return in_words(self.why)


@dataclass(frozen=True)
class Files:
    """The files that are looked through: of these workspaces, and as far as the viewer reads, if there is one."""

    workspaces: tuple[int, ...]
    viewer: User | None = None

    @classmethod
    def worked_on_by(cls, viewer: User) -> "Files":
        return cls(scope_of(viewer).of("work_clients"), viewer)

    def rows(self, model) -> QuerySet:
        rows = model.objects.visible_to(self.viewer) if self.viewer else model.objects.all()
        return rows.filter(workspace__in=self.workspaces)

    def with_details(self) -> QuerySet:
        clients = self.rows(Client).filter(merged_into=None)
        return clients.prefetch_related("names", "contacts", "identifiers")


def likely_files(known: Known, files: Files, *, besides: Iterable[int] = ()) -> list[Likely]:
    """The files that may be of this person, the likeliest first."""
    ids = _candidates(known, files) - set(besides)
    if not ids:
        return []
    found = likeness_of(known, files.with_details().filter(pk__in=ids), files)
    found = [row for row in found if row.score >= LIKELY]
    return sorted(found, key=lambda row: (-row.score, row.client.pk))[:SHOWN]


def likeness_of(known: Known, clients: Iterable[Client], files: Files) -> list[Likely]:
    """Each of these files against what is known, however unlikely; the files with their details at hand."""
    people, straight = _population(known, files), list(known.records())
    mine = [(record, record in straight) for record in known.records(turned=True)]
    return [likeness(mine, known, client, people) for client in clients]


def likeness(mine: list[tuple[Record, bool]], known: Known, client: Client, people: Population) -> Likely:
    """One file against what is known, by whichever of the names on both sides are most alike.

    ``mine`` are the records of what is known, each with whether its names stand as they are written: of two readings
    that are equally likely that one tells why.
    """
    theirs = Known.of_file(client)
    pairs = ((compare(one, other, people), straight) for one, straight in mine for other in theirs.records())
    _kept, _straight, score, why = max(
        (hundredths(pair.score), straight, pair.score, pair.why) for pair, straight in pairs
    )
    if _same_number(IdentifierKind.PASSPORT, known, theirs):
        score, why = max(score, SAME_NUMBER), (*why, ("passport", "same"))
    if _same_number(IdentifierKind.REGISTRATION, known, theirs):
        score = max(score, SAME_NUMBER)
    return Likely(client, score, why)


def hundredths(score: float) -> int:
    """A likeness as it is kept and shown."""
    return round(100 * score)


def _same_number(kind: str, known: Known, theirs: Known) -> bool:
    return bool(known.numbers.get(kind, set()) & theirs.numbers.get(kind, set()))


def _candidates(known: Known, files: Files) -> set[int]:
    """Files that share a key with what is known; each way of looking has an index."""
    found = set()
    names = files.rows(ClientName)
    for name in known.names:
        found.update(sounding(names, name)[:ENOUGH])
        found.update(read_alike(names, name).values_list("client_id", flat=True)[:ENOUGH])
    for phone in known.phones:
        digits = digits_of(phone)[-ENDING:]
        if len(digits) == ENDING:
            contacts = files.rows(Contact).filter(digits_backwards__begins=digits[::-1])
            found.update(contacts.values_list("client_id", flat=True)[:ENOUGH])
    if known.numbers:
        held = files.rows(Identifier).filter(digest__in=set().union(*known.numbers.values()))
        found.update(held.values_list("client_id", flat=True)[:ENOUGH])
    return found | _born_then(known, files)


def _born_then(known: Known, files: Files) -> set[int]:
    """Of those born on the same day, the ones whose name is not wholly another: a day alone tells little."""
    if known.birth_date is None:
        return set()
    rows = files.rows(Client).filter(birth_date=known.birth_date, merged_into=None)
    return set(rows.values_list("pk", flat=True)[: 2 * ENOUGH])


def _population(known: Known, files: Files) -> Population:
    """How many files there are, and how many bear the same surname or given name: a rare one tells more."""
    names = files.rows(ClientName)
    counts = {"surname": Counter(), "given": Counter()}
    for record in known.records(turned=True):
        surname, given = record.surname, record.given
        if surname:
            counts["surname"][surname] = names.filter(key__begins=surname).count()
        if given:
            counts["given"][given] = names.filter(second_key=given).count()
    return Population(files.rows(Client).filter(merged_into=None).count(), counts)
