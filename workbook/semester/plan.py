"""What a semester list would change, row by row, against the records of now. Nothing is written here."""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

import orjson
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cases.models import Client, ClientName, Identifier, IdentifierKind
from cases.secrecy import digest, masked
from centers.models import Degree, Major, Workspace
from visas.decisions import Versions
from visas.models import Enrolment, Reference, StudyStatus, VisaCase
from visas.models.enrolment import NOT_HERE, in_semester
from visas.services.enrolment import first_status
from visas.services.obligation import semester_checks
from visas.students import STUDENT_VISA
from workbook.batch import Batch, Row
from workbook.semester.sheet import NAMES, STUDENTS
from workbook.sheets import normal

NEW, CHANGED, CORRECTED, SAME = "new", "changed", "corrected", "same"
KINDS = (NEW, CHANGED, CORRECTED, SAME)


@dataclass
class Entry:
    """One row and what it would do: a new student, a change of status, a correction, or nothing.

    ``held`` is what is on record of the student; ``client`` the file of a new one, none where one is opened, and
    ``case`` the visa case that brought them.
    ``told`` are the fields of the studies, ``before`` those that differ as they are; ``status`` comes with its days.
    ``number`` is a registration number that the file lacks; ``listed`` the status that the list gives, where it could
    be read.
    """

    row: Row
    held: "Held | None" = None
    client: int | None = None
    case: int | None = None
    told: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)
    status: StudyStatus | None = None
    happened_on: date | None = None
    known_on: date | None = None
    number: str = ""
    listed: StudyStatus | None = None

    @property
    def kinds(self) -> set[str]:
        if self.held is None:
            return {NEW}
        corrects = self.before or self.number
        return {kind for kind, does in ((CHANGED, self.status), (CORRECTED, corrects)) if does} or {SAME}

    @property
    def file(self) -> int | None:
        """The file that the row is of; none where one is opened."""
        return self.held.client if self.held else self.client

    @property
    def goes_on(self) -> bool:
        """Whether by the list the student's studies have not ended."""
        return self.listed is None or not self.listed.ends

    @property
    def begins(self) -> bool:
        """Whether by the list studies go on that did not, or a person gets to be known who has them."""
        return self.goes_on and (self.held is None or self.held.ended or bool(self.number))

    @property
    def hashed(self) -> bytes | None:
        """The registration number of the row, as numbers are compared."""
        number = self.row["registration_number"]
        return digest("registration", number) if number else None

    @property
    def masked_number(self) -> str:
        return masked(self.number)

    @property
    def line(self) -> int:
        return self.row.line

    @property
    def ref(self) -> str:
        return self.row.ref

    @property
    def name(self) -> str:
        return next((self.row[key] for key in NAMES if self.row[key]), "")

    @property
    def due_on(self) -> date | None:
        """By when the change has to be reported, as the database will say it."""
        if self.status is None or self.status.report_days is None:
            return None
        return date.fromordinal(max(self.happened_on, self.known_on).toordinal() + self.status.report_days)

    def mark(self) -> list:
        """What of it has to be the same for the plan to be the one that was looked at."""
        return [
            self.row.line, self.held and self.held.pk, self.client, self.case, sorted(self.kinds),
            {name: str(value) for name, value in (self.before | self.told).items()},
            self.status and self.status.pk, self.happened_on, self.known_on, self.number and self.hashed.hex(),
        ]  # fmt: skip


@dataclass
class Plan:
    """The entries of a list, and what keeps it out: with any problem nothing is written.

    ``checks`` are those of the enrolment in this semester that the list makes.
    """

    place: Workspace
    batch: Batch
    entries: list[Entry] = field(default_factory=list)
    checks: list[int] = field(default_factory=list)

    @property
    def problems(self) -> list:
        return sorted(self.batch.problems.errors, key=lambda problem: problem.line)

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(kind for entry in self.entries for kind in entry.kinds)
        opened = sum(entry.held is None and entry.client is None for entry in self.entries)
        return {kind: counted[kind] for kind in KINDS} | {"files": opened, "checks": len(self.checks)}

    @property
    def does(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.checks) or any(entry.kinds != {SAME} for entry in self.entries)

    @property
    def in_class(self) -> list[int]:
        """The visa cases of those whom the list shows in class."""
        shown = [entry for entry in self.entries if entry.listed and entry.listed.studying]
        cases = (entry.held.case if entry.held else entry.case for entry in shown)
        return [case for case in cases if case is not None]

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(orjson.dumps([[entry.mark() for entry in self.entries], self.checks])).hexdigest()

    @property
    def absent(self) -> QuerySet[Enrolment]:
        """Students in class, or on leave, who are not in the list; the list changes nothing of theirs."""
        rows = Enrolment.objects.filter(workspace=self.place).present(timezone.localdate())
        return rows.exclude(ref__in=[entry.row.ref for entry in self.entries]).order_by("ref", "pk")


def plan_of(place: Workspace, batch: Batch) -> Plan:
    """What the rows would change at a university, within the scope of the person who asks."""
    plan = Plan(place, batch)
    records = _Records(place)
    seen: dict[str, int] = {}
    entries = []
    for row in batch.rows[STUDENTS]:
        if row.ref in seen:
            batch.error(row, "ref", _("The student number stands in row %d already.") % seen[row.ref])
        seen.setdefault(row.ref, row.line)
        if row["university"] not in (None, place.pk):
            batch.error(row, "university", _("This row is of another university: take it out."))
        entries.append(_entry(batch, row, records))
    _meet_each_other(batch, entries, records)
    _meet_elsewhere(batch, entries, place)
    plan.entries = [entry for entry in entries if entry.row.sound]
    plan.checks = list(semester_checks(place.pk, plan.in_class).values_list("pk", flat=True))
    return plan


@dataclass(frozen=True)
class Held:
    """What is on record of a student. No row of a person is read whole: only those shown go on the access log."""

    pk: int
    client: int
    major: Major
    semester: str
    admitted_on: date
    case: int | None
    ended_on: date | None
    state: str
    since: date
    birth_date: date | None

    @property
    def ended(self) -> bool:
        return self.ended_on is not None


class _Records:
    """What is on record at the university that rows are compared with."""

    def __init__(self, place: Workspace):
        self.place = place
        majors = Major.objects.filter(workspace=place).in_bulk()
        self.majors: dict[str, list[Major]] = defaultdict(list)
        for major in majors.values():
            self.majors[normal(major.name)].append(major)
        rows = Enrolment.objects.filter(workspace=place).as_of(timezone.localdate())
        columns = (
            "client", "major", "semester", "admitted_on", "case", "ended_on", "state", "since", "client__birth_date",
        )  # fmt: skip
        self.students = {
            ref: Held(pk, client, majors[major], *told)
            for ref, pk, client, major, *told in rows.values_list("ref", "pk", *columns)
        }
        self.going_on = {held.client: ref for ref, held in self.students.items() if not held.ended}
        self.statuses = StudyStatus.objects.in_bulk()
        self.held = Versions(Reference.STATUSES).held
        self.first = first_status()

    @cached_property
    def names(self) -> dict[int, set[str]]:
        """The names of each file of the university, as they are compared."""
        found: dict[int, set[str]] = defaultdict(set)
        rows = ClientName.objects.filter(workspace=self.place, client__merged_into=None)
        for client, text in rows.values_list("client", "text"):
            found[client].add(_plain(text))
        return found

    @cached_property
    def files(self) -> dict[tuple[date, str], set[int]]:
        """The files of the university by day of birth and name."""
        found: dict[tuple[date, str], set[int]] = defaultdict(set)
        rows = Client.objects.filter(workspace=self.place, merged_into=None, birth_date__isnull=False)
        for client, birth_date in rows.values_list("pk", "birth_date"):
            for name in self.names.get(client, ()):
                found[birth_date, name].add(client)
        return found

    @cached_property
    def numbers(self) -> dict[bytes, int]:
        rows = Identifier.objects.filter(workspace=self.place, kind=IdentifierKind.REGISTRATION)
        return {bytes(hashed): client for hashed, client in rows.values_list("digest", "client")}

    @cached_property
    def number_of(self) -> dict[int, bytes]:
        """The registration number of each file, as numbers are compared."""
        return {client: hashed for hashed, client in self.numbers.items()}

    @cached_property
    def cases(self) -> dict[int, int]:
        """The latest visa case for students of each file that no student has yet."""
        taken = Enrolment.objects.filter(workspace=self.place, case__isnull=False).values("case")
        rows = VisaCase.objects.filter(workspace=self.place, programme=STUDENT_VISA).exclude(pk__in=taken)
        return dict(rows.order_by("received_on", "pk").values_list("client", "pk"))

    def clients_of(self, row: Row) -> set[int]:
        """The files that may be the student's: by the registration number, else by day of birth and a name."""
        if row["registration_number"]:
            held = self.numbers.get(digest("registration", row["registration_number"]))
            if held:
                return {held}
        if not row["birth_date"]:
            return set()
        return set().union(*(self.files.get((row["birth_date"], _plain(row[key] or "")), ()) for key in NAMES))


def _plain(name: str) -> str:
    """A name as it is compared: without case, blanks and signs, its parts in any order."""
    parts = "".join(sign if sign.isalnum() else " " for sign in name.casefold()).split()
    return " ".join(sorted(parts))


def _entry(batch: Batch, row: Row, records: _Records) -> Entry:
    entry = Entry(row, held=records.students.get(row.ref))
    entry.told = {"major": _major(batch, row, records), "semester": row["semester"], "admitted_on": row["admitted_on"]}
    entry.listed = records.statuses[row["status"]] if row.has("status") else None
    _check_semester(batch, entry)
    if entry.held is None:
        _meet_new(batch, entry, records)
    else:
        _meet_known(batch, entry, records.names.get(entry.held.client, set()))
    _meet_number(batch, entry, records)
    state = entry.held.state if entry.held else records.first.pk
    _meet_status(batch, entry, records, state)
    return entry


def _major(batch: Batch, row: Row, records: _Records) -> Major | None:
    if not row.has("major"):
        return None
    found = records.majors.get(normal(row["major"]), [])
    if row["degree"]:
        found = [major for major in found if normal(row["degree"]) in _words_of(major)]
    if len(found) > 1:
        batch.error(row, "degree", _("The major is there with several degrees: write the degree."))
    elif not found:
        batch.error(row, "major", _("The university has no such major on record: ask the province to enter it."))
    return found[0] if len(found) == 1 else None


DEGREES = {
    Degree.ASSOCIATE: ("전문학사", "associate"), Degree.BACHELOR: ("학사", "bachelor"),
    Degree.MASTER: ("석사", "master"), Degree.DOCTOR: ("박사", "doctor"),
}  # fmt: skip


def _words_of(major: Major) -> set[str]:
    return {normal(word) for word in (*DEGREES[major.degree], major.get_degree_display())}


def _check_semester(batch: Batch, entry: Entry) -> None:
    row = entry.row
    if not row.has("semester"):
        return
    field = Enrolment._meta.get_field("semester")
    admitted_on = row["admitted_on"] or (entry.held and entry.held.admitted_on)
    if not field.validators[0].regex.fullmatch(row["semester"]):
        batch.error(row, "semester", str(field.validators[0].message))
    elif admitted_on and not in_semester(row["semester"], admitted_on):
        batch.error(row, "semester", _("The day of admission, %s, is not of this semester.") % admitted_on)


def _meet_new(batch: Batch, entry: Entry, records: _Records) -> None:
    row = entry.row
    found = records.clients_of(row)
    if len(found) > 1:
        batch.error(row, "ref", _("Several files of the university have this name and day of birth: enter by hand."))
    elif found:
        entry.client = found.pop()
        entry.case = records.cases.get(entry.client)
    elif not entry.name:
        batch.error(row, "roman_name", _("A new student needs a name: roman, Korean or native."))
    needed = {
        "major": _("A new student needs the major."),
        "semester": _("A new student needs the semester of admission."),
        "admitted_on": _("A new student needs the day of admission."),
    }
    for column, said in needed.items():
        if not row.has(column) and column not in row.unread:
            batch.error(row, column, said)


def _meet_known(batch: Batch, entry: Entry, names: set[str]) -> None:
    """Whose number it is has to be told apart from a slip of one digit; then what differs is a correction."""
    row, held = entry.row, entry.held
    told = {_plain(row[key]) for key in NAMES if row[key]}
    if row["birth_date"] and held.birth_date and row["birth_date"] != held.birth_date:
        batch.error(row, "birth_date", _("The student with this number was born on another day."))
    elif told and not told & names and not (row["birth_date"] and row["birth_date"] == held.birth_date):
        batch.error(row, "ref", _("The student with this number has another name."))
    entry.told = {name: value for name, value in entry.told.items() if value and getattr(held, name) != value}
    entry.before = {name: getattr(held, name) for name in entry.told}


def _meet_number(batch: Batch, entry: Entry, records: _Records) -> None:
    """A registration number is kept where the file has none; where it has another one, somebody has to look."""
    row, hashed = entry.row, entry.hashed
    if hashed is None or entry.file is None:
        return
    held = records.number_of.get(entry.file)
    if records.numbers.get(hashed, entry.file) != entry.file:
        batch.error(row, "registration_number", _("Another file of the university has this registration number."))
    elif held is None:
        entry.number = row["registration_number"]
    elif held != hashed:
        told = _("The file of this student has another registration number: correct it in the list or in the file.")
        batch.error(row, "registration_number", told)


def _meet_each_other(batch: Batch, entries: list[Entry], records: _Records) -> None:
    """One person's studies go on under one student number: in the list, and with what is on record."""
    seen: dict[tuple, list[Entry]] = defaultdict(list)
    listed = {entry.ref for entry in entries}
    for entry in (entry for entry in entries if entry.goes_on):
        keys = _keys(entry)
        twin = next((one for key in keys for one in seen[key] if _one_person(one, entry)), None)
        on_record = records.going_on.get(entry.file)
        if twin and twin.ref != entry.ref:
            batch.error(entry.row, "ref", _("This person stands in row %d already.") % twin.line)
        elif on_record and on_record != entry.ref and on_record not in listed:
            batch.error(entry.row, "ref", _("This person is a student already, under the number %s.") % on_record)
        for key in keys:
            seen[key].append(entry)


def _keys(entry: Entry) -> list[tuple]:
    """By what a row may be known to be of the same person as another: the file, the number, a name with the birth."""
    row = entry.row
    names = [(row["birth_date"], _plain(row[key])) for key in NAMES if row[key]] if row["birth_date"] else []
    return [("file", entry.file)] * bool(entry.file) + [("number", entry.hashed)] * bool(entry.hashed) + names


def _one_person(one: Entry, other: Entry) -> bool:
    """Whether two rows that share a key are of one person: two of one name and birth have other files or numbers."""
    for key in ("hashed", "file"):
        if getattr(one, key) and getattr(other, key):
            return getattr(one, key) == getattr(other, key)
    return True


def _meet_elsewhere(batch: Batch, entries: list[Entry], place: Workspace) -> None:
    """Whose studies go on at another university cannot begin here; at which is not told."""
    begin = [entry for entry in entries if entry.begins]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hash, file FROM wall.students_elsewhere(%s, %s::bytea[], %s::bigint[])",
            [
                place.pk,
                [entry.hashed for entry in begin if entry.hashed],
                [entry.file for entry in begin if entry.file],
            ],
        )
        found = {bytes(hashed) if hashed is not None else file for hashed, file in cursor.fetchall()}
    for entry in begin:
        if entry.hashed in found or entry.file in found:
            batch.error(entry.row, "ref", str(NOT_HERE))


def _meet_status(batch: Batch, entry: Entry, records: _Records, state: str) -> None:
    row, statuses = entry.row, records.statuses
    if not row.has("status") or row["status"] == state:
        return
    status = statuses[row["status"]]
    if state not in status.follows:
        told = {"now": statuses[state], "then": status}
        batch.error(row, "status", _("“%(then)s” cannot come after “%(now)s”.") % told)
        return
    since = entry.held.since if entry.held else row["admitted_on"]
    if not row.has("happened_on"):
        batch.error(row, "happened_on", _("A change of status needs its day."))
    elif since and row["happened_on"] < since:
        batch.error(row, "happened_on", _("The status of now is since %s: the change comes after it.") % since)
    elif status.report_days is not None and not row.has("known_on"):
        batch.error(row, "known_on", _("Write the day on which the university learned of it: it has to be reported."))
    else:
        entry.happened_on, entry.known_on = row["happened_on"], row["known_on"] or row["happened_on"]
        entry.status = records.held(status, max(entry.happened_on, entry.known_on))
