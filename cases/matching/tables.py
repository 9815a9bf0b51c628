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


class TableRefused(Exception):
    """The file is no such list. Its text is a sentence that says what to do."""


@dataclass
class Unread:
    """How many values of each column could not be read, and the row of the first. No value is kept."""

    counts: Counter = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)

    def note(self, row: dict[str, str], number: int) -> None:
        for column in unread(row):
            self.counts[column] += 1
            self.first.setdefault(column, number)


def read(path: Path, notes: Unread) -> Iterator[Record]:
    """The records of a file, one by one; a record without an id is called by its row, the first being 1.

    ``notes`` is told what could not be read, by the same rows. The file is UTF-8, with or without a byte order mark.
    Raises TableRefused.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _records(file, notes)
    except OSError as error:
        raise TableRefused(_("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}) from error
    except UnicodeDecodeError as error:
        raise TableRefused(_("%(file)s is not UTF-8. Save it as “CSV UTF-8”.") % {"file": path}) from error
    except csv.Error as error:
        raise TableRefused(_("%(file)s is no CSV file: %(why)s.") % {"file": path, "why": error}) from error


def _records(lines: Iterable[str], notes: Unread) -> Iterator[Record]:
    lines = iter(lines)
    first = next(lines, "")
    csv.field_size_limit(LONGEST_CELL)
    rows = csv.reader(chain([first], lines), delimiter=max(",;\t", key=first.count), skipinitialspace=True)
    header = [name.strip().lower() for name in next(rows, [])]
    _check(header)
    for number, cells in enumerate((cells for cells in rows if any(cells)), start=1):
        row = dict(zip(header, cells, strict=False))
        notes.note(row, number)
        yield Record.of({**row, "id": row.get("id", "").strip() or str(number)})


def told_apart(records: Iterable[Record], twice: Counter) -> Iterator[Record]:
    """The same records; ``twice`` counts the rows of each id that stands in several."""
    seen: set[str] = set()
    for record in records:
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

    An id that a spreadsheet would take for a formula gets an apostrophe before it.
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
        table.writerow((harmless(pair.one), harmless(pair.other), f"{pair.score:.4f}", in_words(pair.why)))
        count += 1
    return count
