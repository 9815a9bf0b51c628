"""A list of people in a CSV file, and the pairs that are found in it in another."""

import csv
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from django.utils.translation import gettext as _

from cases.matching.compare import Pair
from cases.matching.reasons import in_words
from cases.matching.records import FIELDS, Record, unread
from centers.exports.sheets import harmless

COLUMNS = ("id_a", "id_b", "score", "reason")
LONGEST_CELL = 1_000_000  # characters
UTF_8, KOREAN = "utf-8-sig", "cp949"  # the second is what Excel in Korean saves a CSV file in, unless it is told


class TableRefused(Exception):
    """The file is no such list. Its text is a sentence that says what to do."""


@dataclass
class Unread:
    """How many values of each column could not be read, and the row of the first. No value is kept.

    Rows are counted as a spreadsheet shows them, the header being row 1. ``nameless`` are those without an id;
    ``encoding`` is that of the file.
    """

    counts: Counter = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)
    nameless: list[int] = field(default_factory=list)
    encoding: str = UTF_8

    def note(self, row: dict[str, str], number: int) -> None:
        if not row.get("id", "").strip():
            self.nameless.append(number)
        for column in unread(row):
            self.counts[column] += 1
            self.first.setdefault(column, number)


def read(path: Path, notes: Unread) -> Iterator[Record]:
    """The records of a file, one by one; a record without an id is called by its row, as a spreadsheet counts them.

    ``notes`` is told what could not be read, by the same rows, and in which encoding the file is: UTF-8, with or
    without a byte order mark, or where it is not that from its first byte to its last, CP949. Raises TableRefused.
    """
    try:
        notes.encoding = UTF_8 if _is_all(path, UTF_8) else KOREAN
        with path.open(encoding=notes.encoding, newline="") as file:
            yield from _records(file, notes)
    except OSError as error:
        raise TableRefused(_("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}) from error
    except UnicodeDecodeError as error:
        raise TableRefused(
            _("%(file)s is neither UTF-8 nor CP949. Save it as “CSV UTF-8”.") % {"file": path}
        ) from error
    except csv.Error as error:
        raise TableRefused(_("%(file)s is no CSV file: %(why)s.") % {"file": path, "why": error}) from error


def _is_all(path: Path, encoding: str) -> bool:
    """Whether every byte of the file can be read so. It is read through in pieces."""
    with path.open(encoding=encoding, newline="") as file:
        try:
            while file.read(LONGEST_CELL):
                pass
        except UnicodeDecodeError:
            return False
    return True


def _records(lines: Iterable[str], notes: Unread) -> Iterator[Record]:
    lines = iter(lines)
    first = next(lines, "")
    csv.field_size_limit(LONGEST_CELL)
    rows = csv.reader(chain([first], lines), delimiter=max(",;\t", key=first.count), skipinitialspace=True)
    header = [name.strip().lower() for name in next(rows, [])]
    _check(header)
    for number, cells in enumerate(rows, start=2):
        if any(cells):
            row = dict(zip(header, cells, strict=False))
            notes.note(row, number)
            told = row.get("id", "")
            yield Record.of({**row, "id": told if told.strip() else row_named(number)})


def row_named(number: int) -> str:
    """What a row without an id is called where its id would stand: words that nobody takes for one."""
    return _("row %(number)d") % {"number": number}


@dataclass
class Ids:
    """What is said of the ids of a list: the rows of each that stands in several, and how many are formulas."""

    twice: Counter = field(default_factory=Counter)
    formulas: int = 0


def told_apart(records: Iterable[Record], ids: Ids) -> Iterator[Record]:
    """The same records; ``ids`` is told of those that stand in several rows and of those that are formulas."""
    seen: set[str] = set()
    twice = ids.twice
    for record in records:
        ids.formulas += harmless(record.id) != record.id
        if record.id in seen:
            twice[record.id] += 1 if record.id in twice else 2
        seen.add(record.id)
        yield record


def check_paths(source: Path, target: Path) -> None:
    """Raises TableRefused where the pairs would be written over the list itself."""
    same = source.resolve() == target.resolve() or (target.exists() and source.exists() and source.samefile(target))
    if same:
        raise TableRefused(_("%(file)s is the list itself: write the pairs to another file.") % {"file": target})


def _check(header: list[str]) -> None:
    known = [name for name in header if name in FIELDS]
    if not known:
        raise TableRefused(
            _("The first row names none of the columns that can be compared: %(columns)s.")
            % {"columns": ", ".join(FIELDS)}
        )
    twice = next((name for name in header if name and header.count(name) > 1), "")
    if twice:
        raise TableRefused(_("The column %(column)s stands twice in the first row.") % {"column": twice})


def write(path: Path, pairs: Iterable[Pair]) -> int:
    """The pairs as a file, which is there when it is whole. Gives how many. Raises TableRefused.

    An id is written as it stood in the list, so that the pairs can be joined to it, also where a spreadsheet would
    take it for a formula: ``told_apart`` counts those, and whoever calls says so.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            count = _write(csv.writer(file, lineterminator="\n"), pairs)
        unfinished.replace(path)
    except OSError as error:
        raise TableRefused(
            _("%(file)s cannot be written: %(why)s.") % {"file": path, "why": error.strerror}
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def _write(table, pairs: Iterable[Pair]) -> int:
    table.writerow(COLUMNS)
    count = 0
    for pair in pairs:
        table.writerow((pair.one, pair.other, f"{pair.score:.4f}", in_words(pair.why)))
        count += 1
    return count
