"""A checked workbook into the records: identities, client files, then the records that hang on them.

All in the running transaction, with every id drawn beforehand, so that what is written is written once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from cases.models import Household, Identifier
from cases.secrecy import digest, encrypt
from visas.models import RuleException
from workbook.batch import CHANGED, NEW, Batch, Progress, Row
from workbook.identity import REFERRING, OpenFile, People
from workbook.known import Known
from workbook.models import ImportedFile
from workbook.records import RECORDS, Writing
from workbook.sheets import DEPENDANTS, PEOPLE, SESSIONS, SHEETS
from workbook.tables import change, insert, new_ids, remove

_NAMES = {"roman_name": "roman", "korean_name": "korean", "native_name": "native"}
_CLIENT = (
    "nationality_id", "birth_date", "sex_id", "status_id", "status_expires_on", "language_id", "municipality_id",
)  # fmt: skip


def write_batch(batch: Batch, people: People, known: Known, file: ImportedFile, progress: Progress) -> None:
    # Beds may change hands among the rows of one file.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS stay_one_in_a_bed, stay_one_of_a_person DEFERRED")
    _settle_identities(batch, people)
    _number_person_rows(batch)
    opening = _files_to_open(batch, people, known)
    _open_files(people, opening)
    _update_files(people)
    writing = Writing(people, known, file.name, _exceptions(batch, file), {})
    writing.households = _households(batch, people)
    total, done = batch.total(NEW) + batch.total(CHANGED), 0
    for sheet, record in RECORDS.items():
        new = [row for row in batch.rows[sheet] if row.state == NEW]
        changed = [row for row in batch.rows[sheet] if row.state == CHANGED]
        for row, number in zip(new, new_ids(record.table, len(new)), strict=True):
            row.record_id = number
        # First what frees a voucher, a place or a bed, then who takes it.
        for group in ([row for row in changed if _ends(row)], [row for row in changed if not _ends(row)]):
            if group:
                change(record.table, record.change_columns, (record.changed(writing, row) for row in group))
        if new:
            insert(record.table, record.insert_columns, (record.inserted(writing, row) for row in new))
        if sheet == SESSIONS:
            _write_issues(new, changed)
        done += len(new) + len(changed)
        progress("write", done, total)
    _remember(batch, file)


_ENDING = ("refused_on", "withdrawn_on", "lapsed_on", "ineligible_on", "cancelled_on", "checked_out_on")


def _ends(row: Row) -> bool:
    return any(row[column] for column in _ENDING)


# Identities.


def _settle_identities(batch: Batch, people: People) -> None:
    """Turn the numbers below zero, which stood for identities not known yet, into identities."""
    hashes: dict[int, bytes | None] = {}
    for row in people.rows.values():
        if row.person < 0:
            number = row["registration_number"] if row.person > -1_000_000 else None
            hashes[row.person] = digest("registration", number) if number else None
    made = dict(zip(hashes, _persons_for(list(hashes.values())), strict=True))
    for rows in (people.rows.values(), *(batch.rows[sheet] for sheet in (*REFERRING, DEPENDANTS))):
        for row in rows:
            row.person = made.get(row.person, row.person)
    _name_persons(people)


def _persons_for(hashes: list[bytes | None]) -> list[int]:
    if not hashes:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM wall.persons_for(%s::bytea[]) ORDER BY place", [hashes])
        return [person for (person,) in cursor.fetchall()]


def _name_persons(people: People) -> None:
    """A person known without a number has one now."""
    for row in people.rows.values():
        if row.state == CHANGED and row["registration_number"]:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT wall.name_person(%s, %s)", [row.person, digest("registration", row["registration_number"])]
                )


# Client files.


@dataclass(frozen=True)
class Opening:
    """A client file to open: the person row it shows, where, and under which id."""

    row: Row
    workspace: int
    client: int


def _files_to_open(batch: Batch, people: People, known: Known) -> list[Opening]:
    wanted = [
        (ref, workspace)
        for ref, workspace in dict.fromkeys(_references(batch, people, known))
        if workspace not in people.files[ref]
    ]
    openings = []
    for (ref, workspace), client in zip(wanted, new_ids("cases_client", len(wanted)), strict=True):
        openings.append(Opening(people.rows[ref], workspace, client))
        people.files[ref][workspace] = OpenFile(client, people.rows[ref].person)
    return openings


def _references(batch: Batch, people: People, known: Known) -> Iterator[tuple[str, int]]:
    """Which person row is needed in which workspace; a person nobody refers to is kept at home."""
    mine = [row for row in batch.rows[PEOPLE] if row.sound]
    if known.workspace:
        yield from ((row.ref, known.workspace.pk) for row in mine)
    referring = [row for sheet in (*REFERRING, DEPENDANTS) for row in batch.rows[sheet]]
    for row in referring:
        if row.counts:
            yield from ((ref, row.workspace) for ref in _people_of(row))
    if not known.workspace:
        referred = {ref for row in referring for ref in _people_of(row)}
        alone = (row for row in mine if row.ref not in referred and not people.files[row.ref])
        yield from ((row.ref, known.home_of(row["municipality"])) for row in alone)


def _people_of(row: Row) -> list[str]:
    """The person rows that a row refers to."""
    refs = (row["principal_ref"], row["ref"]) if row.sheet == DEPENDANTS else (row["person_ref"],)
    return [ref for ref in refs if ref]


def _open_files(people: People, openings: list[Opening]) -> None:
    _load_secrets([opening.row for opening in openings])
    insert(
        "cases_client",
        ("id", "workspace_id", "ref", "recorded_on", "person_id", *_CLIENT, "shared_with"),
        (
            (
                opening.client, opening.workspace, opening.row.ref, opening.row["first_recorded_on"],
                opening.row.person, *_client_values(opening.row), [],
            )
            for opening in openings
        ),
    )  # fmt: skip
    _write_details([(opening.row, opening.workspace, opening.client) for opening in openings])
    insert(
        "workbook_openedfile",
        ("row_id", "workspace_id", "client_id"),
        ((opening.row.imported_id, opening.workspace, opening.client) for opening in openings),
    )


def _client_values(row: Row) -> tuple:
    return tuple(row[column.removesuffix("_id")] for column in _CLIENT)


def _write_details(files: list[tuple[Row, int, int]]) -> None:
    """Names, contacts and numbers of client files."""
    insert(
        "cases_clientname",
        ("workspace_id", "client_id", "kind", "text"),
        (
            (workspace, client, kind, row[column])
            for row, workspace, client in files
            for column, kind in _NAMES.items()
            if row[column]
        ),
    )
    insert(
        "cases_contact",
        ("workspace_id", "client_id", "kind", "value"),
        ((workspace, client, "phone", row["phone"]) for row, workspace, client in files if row["phone"]),
    )
    insert(
        "cases_identifier",
        ("workspace_id", "client_id", "kind", "ciphertext", "digest"),
        (
            (workspace, client, "registration", *_secret(row))
            for row, workspace, client in files
            if row["registration_number"]
        ),
    )


def _secret(row: Row) -> tuple[bytes, bytes]:
    if row.line:
        number = row["registration_number"]
        return encrypt(number), digest("registration", number)
    return row.values["secret"], bytes.fromhex(row["registration_number"])


def _load_secrets(rows: list[Row]) -> None:
    """The encrypted numbers of person rows that an earlier file brought."""
    earlier = {row.imported_id: row for row in rows if not row.line}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, secret FROM workbook_importedrow WHERE id = ANY (%s)", [list(earlier)])
        for imported, secret in cursor.fetchall():
            earlier[imported].values["secret"] = secret and bytes(secret)


def _update_files(people: People) -> None:
    """A changed person row changes the files it opened."""
    changed = [row for row in people.rows.values() if row.state == CHANGED]
    files = [(row, place, file.client) for row in changed for place, file in people.files[row.ref].items()]
    if not files:
        return
    change(
        "cases_client",
        ("id", "recorded_on", "person_id", *_CLIENT),
        ((client, row["first_recorded_on"], row.person, *_client_values(row)) for row, _place, client in files),
    )
    clients = [client for _row, _place, client in files]
    for table in ("cases_clientname", "cases_contact"):
        remove(table, "client_id", clients)
    _remove_numbers(files)
    _write_details(files)


def _remove_numbers(files: list[tuple[Row, int, int]]) -> None:
    """The registration number in use makes room for that of the row, and so does a former one that is the same.

    Other former numbers, and passport numbers, are none that a workbook tells: they stay.
    """
    told = {client: _secret(row)[1] for row, _place, client in files if row["registration_number"]}
    rows = Identifier.objects.filter(client__in=[client for _row, _place, client in files], kind="registration")
    known = rows.values_list("pk", "client", "digest", "former")
    gone = [pk for pk, client, hashed, former in known if not former or bytes(hashed) == told.get(client)]
    remove("cases_identifier", "id", gone)


# Records.


def _exceptions(batch: Batch, file: ImportedFile) -> dict[str, int]:
    """One recorded exception for each rule that the file's history breaks; its reason is the file."""
    rules = sorted({rule for rows in batch.rows.values() for row in rows for rule in row.exceptions})
    return {rule: RuleException.objects.create(rule=rule, reason=file.name).pk for rule in rules}


def _households(batch: Batch, people: People) -> dict[tuple[str, int], int]:
    """The household of each principal in each workspace, made where there is none."""
    wanted = {
        (row["principal_ref"], row.workspace): people.files[row["principal_ref"]][row.workspace].client
        for row in batch.rows[DEPENDANTS]
        if row.counts
    }
    known = dict(Household.objects.filter(principal_id__in=wanted.values()).values_list("principal_id", "pk"))
    missing = {client: key for key, client in wanted.items() if client not in known}
    numbers = dict(zip(missing, new_ids("cases_household", len(missing)), strict=True))
    insert(
        "cases_household",
        ("id", "workspace_id", "principal_id", "principal_person_id"),
        (
            (numbers[client], workspace, client, people.rows[ref].person)
            for client, (ref, workspace) in missing.items()
        ),
    )
    return {key: known.get(client) or numbers[client] for key, client in wanted.items()}


def _write_issues(new: list[Row], changed: list[Row]) -> None:
    if changed:
        remove("cases_sessionissue", "session_id", [row.record_id for row in changed])
    insert(
        "cases_sessionissue",
        ("workspace_id", "session_id", "topic_id"),
        (
            (row.workspace, row.record_id, topic)
            for row in (*new, *changed)
            for topic in dict.fromkeys(row["other_topics"] or ())
            if topic != row["topic"]
        ),
    )


# What the numbers brought in.


def _number_person_rows(batch: Batch) -> None:
    """Only person rows are pointed to: by the client files they open."""
    rows = [row for row in batch.rows[PEOPLE] if row.state == NEW]
    for row, number in zip(rows, new_ids("workbook_importedrow", len(rows)), strict=True):
        row.imported_id = number


_KEPT = ("sheet", "namespace", "ref", "record_id", "digest", "content", "secret", "file_id")


def _remember(batch: Batch, file: ImportedFile) -> None:
    for row in batch.rows[PEOPLE]:
        row.record_id = row.person
    people = [row for row in batch.rows[PEOPLE] if row.state == NEW]
    others = [row for sheet in RECORDS for row in batch.rows[sheet] if row.state == NEW]
    insert("workbook_importedrow", ("id", *_KEPT), ((row.imported_id, *_kept(row, file)) for row in people))
    insert("workbook_importedrow", _KEPT, (_kept(row, file) for row in others))
    changed = [row for sheet in SHEETS for row in batch.rows[sheet.key] if row.state == CHANGED]
    if changed:
        change(
            "workbook_importedrow",
            ("id", *_KEPT, "brought_at"),
            ((row.imported_id, *_kept(row, file), file.imported_at) for row in changed),
        )


def _kept(row: Row, file: ImportedFile) -> tuple:
    return (
        row.sheet, row.namespace, row.ref, row.record_id, row.digest, row.json, _kept_secret(row), file.pk,
    )  # fmt: skip


def _kept_secret(row: Row) -> bytes | None:
    return encrypt(row["registration_number"]) if row["registration_number"] else None
