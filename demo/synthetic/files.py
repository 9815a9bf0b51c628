"""Client files: what one workspace wrote down of a person, and who was written down twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import psycopg

from cases.secrecy import digest, encrypt
from demo.synthetic.known import Site
from demo.synthetic.people import Person, swapped_order
from demo.synthetic.writing import insert

SEXES = {"M": "male", "F": "female", "X": "other"}


@dataclass
class File:
    """One workspace's file on a person, with the names as they were written there."""

    pk: int
    site: Site
    person: Person
    names: dict[str, str]
    identity: int
    recorded_on: date
    numbered: bool = True
    expires: bool = True


class Cabinet:
    """Opens files: one for a person in a workspace, found again when it is asked for again."""

    def __init__(self, rng: Random, first: date, today: date):
        self.rng = rng
        self.first = first
        self.today = today
        self.files: list[File] = []
        self.persons: list[Person] = []
        self.identities = 0  # handed out, beyond the first id
        self._open: dict[tuple[str, int], File] = {}

    def open(self, person: Person, site: Site, on: date | None = None) -> File:
        """The person's file there, opened on that day if there is none yet."""
        found = self._open.get((person.ref, site.pk))
        if found is None:
            if not person.identity:
                person.identity = self._identity()
                self.persons.append(person)
            found = self._new(person, site, written(self.rng, person), person.identity, on or person.here_from)
            self._open[person.ref, site.pk] = found
        return found

    def open_again(self, file: File, site: Site) -> File:
        """A second file on the same human being, as somebody wrote it who did not find the first.

        The roman words stand the other way round, or only the Hangul or the native name was taken down. Where both
        took the registration number, it tells; else the two are two identities until somebody joins them.
        """
        person, rng = file.person, self.rng
        names = {"roman": swapped_order(person.name.roman)}
        if rng.random() < 0.6:
            names = {"korean": person.name.korean}
            if person.name.native and rng.random() < 0.5:
                names = {"native": person.name.native}
        numbered = person.registration is not None and rng.random() < 0.4
        identity = file.identity if numbered else self._identity()
        again = self._new(person, site, names, identity, min(file.recorded_on + timedelta(days=40), self.today))
        again.numbered = numbered
        return again

    def _identity(self) -> int:
        self.identities += 1
        return self.identities

    def _new(self, person: Person, site: Site, names: dict[str, str], identity: int, on: date) -> File:
        day = min(max(on, self.first), self.today)
        file = File(len(self.files) + 1, site, person, names, identity, day, expires=self.rng.random() < 0.6)
        self.files.append(file)
        return file

    def write(self, owner: psycopg.Connection, first_person: int, first_file: int) -> None:
        """Identities and files into the database; numbers so far counted from 1 now begin at these ids."""
        for person in self.persons:
            person.identity += first_person - 1
        for file in self.files:
            file.pk += first_file - 1
            file.identity += first_person - 1
        insert(owner, "cases_person", ("id",), ((first_person + n,) for n in range(self.identities)))
        secrets = {person.ref: _secret(person) for person in self.persons if person.registration}
        insert(
            owner,
            "cases_personkey",
            ("person_id", "digest"),
            ((person.identity, secrets[person.ref][1]) for person in self.persons if person.registration),
        )
        insert(owner, "cases_client", _CLIENT, map(_client, self.files))
        insert(owner, "cases_clientname", ("workspace_id", "client_id", "kind", "text"), self._names())
        insert(owner, "cases_contact", ("workspace_id", "client_id", "kind", "value"), self._contacts())
        insert(
            owner,
            "cases_identifier",
            ("workspace_id", "client_id", "kind", "ciphertext", "digest"),
            (
                (file.site.pk, file.pk, "registration", *secrets[file.person.ref])
                for file in self.files
                if file.numbered and file.person.registration
            ),
        )

    def _names(self) -> Iterator[tuple]:
        for file in self.files:
            for kind, text in file.names.items():
                yield file.site.pk, file.pk, kind, text

    def _contacts(self) -> Iterator[tuple]:
        return ((file.site.pk, file.pk, "phone", file.person.phone) for file in self.files if file.person.phone)


def written(rng: Random, person: Person) -> dict[str, str]:
    """The names that a clerk took down, never none."""
    name, names = person.name, {}
    if rng.random() < 0.96:
        names["roman"] = name.roman
    if not names or rng.random() < 0.25:
        names["korean"] = name.korean
    if name.native and rng.random() < 0.3:
        names["native"] = name.native
    return names


_CLIENT = (
    "id", "workspace_id", "ref", "recorded_on", "person_id", "nationality_id", "birth_date", "sex_id", "status_id",
    "status_expires_on", "language_id", "municipality_id", "shared_with",
)  # fmt: skip


def _client(file: File) -> tuple:
    person = file.person
    return (
        file.pk, file.site.pk, f"{file.recorded_on.year}-{file.pk}", file.recorded_on, file.identity,
        person.nationality, person.birth, SEXES[person.sex], person.status,
        person.expires_on if file.expires else None, person.language, person.municipality, [],
    )  # fmt: skip


def _secret(person: Person) -> tuple[bytes, bytes]:
    return encrypt(person.registration), digest("registration", person.registration)
