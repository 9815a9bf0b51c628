"""Who the rows are about: identities, the workspaces that refer to them, and what earlier files brought."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from cases.secrecy import digest
from centers.models import WorkspaceKind
from workbook.batch import CHANGED, NEW, UNCHANGED, Batch, Row
from workbook.known import Known
from workbook.models import ImportedRow
from workbook.sheets import (
    ACTIVITIES,
    DEPENDANTS,
    PEOPLE,
    SESSIONS,
    SHEET,
    STAYS,
    VISA_CASES,
    VOUCHERS,
)

REFERRING = (VISA_CASES, VOUCHERS, STAYS, SESSIONS)


@dataclass
class OpenFile:
    """A client file on a person row in one workspace; ``client`` is None until it is written."""

    client: int | None = None
    person: int | None = None


@dataclass
class People:
    """The person rows a file speaks of, its own and those of earlier files, by their number."""

    rows: dict[str, Row] = field(default_factory=dict)
    files: dict[str, dict[int, OpenFile]] = field(default_factory=lambda: defaultdict(dict))


def place_rows(batch: Batch, known: Known) -> None:
    """Find the workspace of each row; a row of a place that --workspace does not allow is an error."""
    for sheet, rows in batch.rows.items():
        for row in rows:
            row.workspace = _PLACES[sheet](batch, row, known)
            row.namespace = row.workspace
            if sheet in {PEOPLE, DEPENDANTS}:
                row.namespace = known.namespace
    for sheet, column in ((SESSIONS, "center"), (STAYS, "shelter")):
        for row in batch.rows[sheet]:
            if known.workspace and row.workspace and row.workspace != known.workspace.pk:
                batch.error(
                    row,
                    column,
                    _("This row is not of %s: take it out, or import it for its own workspace.") % known.workspace,
                )


def _no_place(batch: Batch, row: Row, known: Known) -> int | None:
    return known.workspace.pk if known.workspace else None


def _visa_place(batch: Batch, row: Row, known: Known) -> int | None:
    programme = known.programmes.get(row["programme"])
    if programme is None:
        return None
    if programme.workspace_kind == WorkspaceKind.UNIVERSITY:
        if row["university"] is None:
            _needed(batch, row, "university", programme)
        return row["university"]
    if row["municipality"] is None:
        _needed(batch, row, "municipality", programme)
    return known.offices.get(row["municipality"])


def _needed(batch: Batch, row: Row, column: str, programme) -> None:
    if column not in row.unread:
        batch.error(row, column, _("A case of %s needs this cell: fill it.") % programme.pk, "")


_PLACES = {
    PEOPLE: _no_place,
    DEPENDANTS: _no_place,
    VISA_CASES: _visa_place,
    VOUCHERS: lambda batch, row, known: known.offices.get(row["municipality"]),
    STAYS: lambda batch, row, known: row["shelter"],
    SESSIONS: lambda batch, row, known: row["center"],
    ACTIVITIES: lambda batch, row, known: row["center"] or known.province_office,
}


def refuse_repeated_numbers(batch: Batch) -> None:
    """A number (번호) stands once in a sheet and workspace."""
    for rows in batch.rows.values():
        seen: dict = {}
        for row in rows:
            if row.ref is None or row.namespace is None:
                continue
            first = seen.setdefault((row.namespace, row.ref), row)
            if first is not row:
                batch.error(
                    row, "ref", _("Row %d of this sheet already has this number: give each row its own.") % first.line
                )


def compare_with_earlier(batch: Batch, *, update: bool) -> None:
    """Tell new rows from those an earlier file brought, and changed ones from the same again."""
    rows = [row for rows in batch.rows.values() for row in rows if row.ref is not None and row.namespace is not None]
    for row in rows:
        row.seal()
    for place, imported, record, was, edited in _earlier(rows):
        row = rows[place]
        row.imported_id, row.record_id = imported, record
        row.state = UNCHANGED if bytes(was) == row.digest else CHANGED
        if edited and row.sound:
            batch.warn(row, "ref", _("The record was edited on screen since it was imported and is left as it is.")
                       if row.state == UNCHANGED
                       else _("The record was edited on screen since it was imported: check both."))  # fmt: skip
    changed = [row for row in rows if row.state == CHANGED]
    _load_before(changed)
    if not update:
        for row in changed:
            if not row.unread:
                batch.error(
                    row,
                    "ref",
                    _("This number came in before with other content: %s. Correct it, or change it with --update.")
                    % difference(batch, row),
                )


_HISTORY = {
    VISA_CASES: "visas_visacaseevent",
    VOUCHERS: "visas_voucherevent",
    STAYS: "cases_stayevent",
    SESSIONS: "cases_sessionevent",
    ACTIVITIES: "cases_activityevent",
    DEPENDANTS: "cases_familylinkevent",
}
# Whether the record of an imported row has history later than the import.
_EDITED = " ".join(
    f"WHEN '{sheet}' THEN EXISTS "
    f"(SELECT FROM {table} e WHERE e.pgh_obj_id = i.record_id AND e.pgh_created_at > i.brought_at)"
    for sheet, table in _HISTORY.items()
)
_EDITED += """ ELSE EXISTS (
  SELECT FROM workbook_openedfile o JOIN cases_clientevent e ON e.pgh_obj_id = o.client_id
   WHERE o.row_id = i.id AND e.pgh_created_at > i.brought_at)"""


def _earlier(rows: list[Row]) -> list[tuple]:
    """For the rows that came before: place, imported row, its record, its digest, whether edited since."""
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE numbers (place int, sheet text, namespace int, ref text) ON COMMIT DROP"
        )
        with cursor.copy("COPY numbers FROM STDIN") as copy:
            for place, row in enumerate(rows):
                copy.write_row((place, row.sheet, row.namespace, row.ref))
        cursor.execute("ANALYZE numbers")
        cursor.execute(
            f"""
            SELECT n.place, i.id, i.record_id, i.digest, CASE i.sheet {_EDITED} END
              FROM numbers n JOIN workbook_importedrow i
                ON i.sheet = n.sheet AND i.namespace = n.namespace AND i.ref = n.ref
            """
        )
        found = cursor.fetchall()
        cursor.execute("DROP TABLE numbers")
    return found


def _load_before(rows: list[Row]) -> None:
    by_id = {row.imported_id: row for row in rows}
    for imported, content in ImportedRow.objects.filter(pk__in=by_id).values_list("pk", "content"):
        by_id[imported].before = json.loads(content)


def difference(batch: Batch, row: Row) -> str:
    """What a changed row says now and what its number brought before: 상담일 2025-01-02 → 2025-01-03."""
    now, was = json.loads(row.json), row.before or {}
    parts = []
    for column in SHEET[row.sheet].columns:
        if now.get(column.key) != was.get(column.key):
            before, after = (_spoken(content.get(column.key), column.key) for content in (was, now))
            parts.append(f"{batch.headers[row.sheet].get(column.key, column.name)} {before} → {after}")
    return ", ".join(parts)


def _spoken(value, key: str) -> str:
    if value is None:
        return "–"
    if key == "registration_number":
        return "***"
    return ";".join(value) if isinstance(value, list) else str(value)


def find_people(batch: Batch, known: Known) -> People:
    """The person rows that the file holds or refers to, each with its identity.

    An identity not known yet gets a number below zero until it is written. Rows with one registration
    number are one identity, and the reader hears of it only where both rows are of one workspace.
    """
    people = People({row.ref: row for row in batch.rows[PEOPLE] if row.ref is not None and row.namespace is not None})
    _load_referred(batch, people, known)
    _load_files(people)
    _identify(batch, people)
    _warn_of_second_numbers(batch, people, known)
    for sheet in (*REFERRING, DEPENDANTS):
        for row in batch.rows[sheet]:
            _refer(batch, people, row, "ref" if sheet == DEPENDANTS else "person_ref")
            if sheet == DEPENDANTS:
                _check_principal(batch, people, row)
    return people


def _load_referred(batch: Batch, people: People, known: Known) -> None:
    """Person rows of earlier files that this one refers to without repeating them."""
    wanted = {row["person_ref"] for sheet in REFERRING for row in batch.rows[sheet] if row["person_ref"]}
    wanted |= {ref for row in batch.rows[DEPENDANTS] for ref in (row["ref"], row["principal_ref"]) if ref}
    missing = sorted(wanted - set(people.rows))
    if not missing:
        return
    earlier = ImportedRow.objects.filter(sheet=PEOPLE, namespace=known.namespace, ref__in=missing)
    for imported in earlier.defer("digest", "secret"):
        row = Row(PEOPLE, 0, _revived(json.loads(imported.content)))
        row.imported_id, row.record_id, row.state = imported.pk, imported.record_id, UNCHANGED
        row.namespace, row.workspace = known.namespace, _no_place(batch, row, known)
        people.rows[row.ref] = row


def _revived(content: dict) -> dict:
    dates = {column.key for column in SHEET[PEOPLE].columns if column.reads in {"past", "day"}}
    return {key: date.fromisoformat(value) if key in dates and value else value for key, value in content.items()}


def _load_files(people: People) -> None:
    by_id = {row.imported_id: row for row in people.rows.values() if row.imported_id}
    if not by_id:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.row_id, o.workspace_id, c.id, c.person_id FROM workbook_openedfile o "
            "JOIN cases_client c ON c.id = o.client_id WHERE o.row_id = ANY (%s) ORDER BY o.id",
            [list(by_id)],
        )
        for imported, workspace, client, person in cursor.fetchall():
            row = by_id[imported]
            people.files[row.ref][workspace] = OpenFile(client, person)
            row.person = person


def _identify(batch: Batch, people: People) -> None:
    hashes = {
        ref: digest("registration", row["registration_number"])
        for ref, row in people.rows.items()
        if row.line and row["registration_number"]
    }
    holders = _holders(set(hashes.values()))
    made: dict[bytes, int] = {}
    first: dict[bytes, Row] = {}
    # Known people first: a new row with the number that one of them gains is that person.
    for row in sorted(people.rows.values(), key=lambda row: row.person is None):
        number = hashes.get(row.ref)
        if number is None:
            # A number taken back parts the row from whoever holds it.
            if row.person is None or _lost_its_number(row):
                row.person = -1_000_000 - row.line
            continue
        if row.person is None or row.state == CHANGED:
            row.person = holders.get(number) or _own_or_new(row, made, number)
        twin = first.setdefault(number, row)
        if twin is not row and row.sound:
            batch.warn(
                row,
                "registration_number",
                _("Row %d has the same registration number: is it one person with two numbers?") % twin.line,
            )


def _warn_of_second_numbers(batch: Batch, people: People, known: Known) -> None:
    """A person who already has another number of the same workspace, from an earlier file."""
    mine = {row.person: row for row in people.rows.values() if row.person > 0 and row.state == NEW and row.sound}
    earlier = ImportedRow.objects.filter(sheet=PEOPLE, namespace=known.namespace, record_id__in=mine)
    for person, ref in earlier.exclude(ref__in=people.rows).values_list("record_id", "ref"):
        message = _(
            "Number %s, imported earlier, has the same registration number: is it one person with two numbers?"
        )
        batch.warn(mine[person], "registration_number", message % ref)


def _lost_its_number(row: Row) -> bool:
    return row.state == CHANGED and bool((row.before or {}).get("registration_number"))


def _own_or_new(row: Row, made: dict[bytes, int], number: bytes) -> int:
    """A number nobody holds: the row keeps its identity if it had no number before, else it is somebody new.

    Either way the next row with the number is the same person.
    """
    mine = -len(made) - 1
    if row.person is not None and not (row.before or {}).get("registration_number"):
        mine = row.person
    return made.setdefault(number, mine)


def _holders(numbers: set[bytes]) -> dict[bytes, int]:
    if not numbers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest, person_id FROM wall.known_persons(%s)", [list(numbers)])
        return {bytes(number): person for number, person in cursor.fetchall()}


def _refer(batch: Batch, people: People, row: Row, column: str) -> None:
    target = _person_row(batch, people, row, column)
    if target is not None:
        row.person = target.person


def _check_principal(batch: Batch, people: People, row: Row) -> None:
    principal = _person_row(batch, people, row, "principal_ref")
    if principal is not None and principal.person == row.person:
        batch.error(row, "principal_ref", _("Nobody is a dependant of themselves: correct one of the two numbers."))


def _person_row(batch: Batch, people: People, row: Row, column: str) -> Row | None:
    """The person row that a cell refers to; a number that nobody has is an error."""
    ref = row[column]
    if ref is not None and ref not in people.rows:
        batch.error(
            row,
            column,
            _("No person has this number, in this file or in an earlier one: correct it, or add the person."),
        )
    return people.rows.get(ref)
