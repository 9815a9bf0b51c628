from collections import Counter
from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.matching import tables
from cases.matching.pairs import LIKELY, duplicates

SHOWN = 10  # ids that a message names


class Command(BaseCommand):
    requires_system_checks = ()  # neither a page nor a table is touched
    help = "Find rows of a CSV file that may be one person, with a score from 0 to 1 and the reason. Stores nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--from-csv",
            type=Path,
            required=True,
            metavar="PEOPLE.csv",
            help="id, given_name, surname, birth_date, sex, nationality, phone, address, registration_number;"
            " any may be missing",
        )
        parser.add_argument(
            "--to-csv", type=Path, required=True, metavar="PAIRS.csv", help="id_a, id_b, score, reason"
        )
        parser.add_argument(
            "--at-least", type=float, default=LIKELY, metavar="SCORE", help="leave out pairs with a lower score"
        )

    def handle(self, *, from_csv: Path, to_csv: Path, at_least: float, **options):
        ids, unread = tables.Ids(), tables.Unread()
        try:
            tables.check_paths(from_csv, to_csv)
            records = tables.told_apart(tables.read(from_csv, unread), ids)
            count = tables.write(to_csv, duplicates(records, at_least=at_least))
        except tables.TableRefused as error:
            raise CommandError(str(error)) from error
        if unread.encoding == tables.KOREAN:
            self.stderr.write(_("%(file)s is not UTF-8 and was read as CP949.") % {"file": from_csv})
        if ids.twice:
            self.stderr.write(_twice(ids.twice))
        if ids.formulas:
            self.stderr.write(_formulas(ids.formulas))
        if unread.nameless:
            self.stderr.write(_nameless(unread.nameless))
        for column, number in unread.counts.items():
            self.stderr.write(_unread(column, number, unread.first[column]))
        self.stderr.write(_("Pairs found: %(count)d") % {"count": count})


def _unread(column: str, number: int, row: int) -> str:
    """How many values of a column say nothing to the comparison, with the place of one and not what stands there."""
    return ngettext(
        "%(column)s: %(count)d value could not be read, in row %(row)d of the file",
        "%(column)s: %(count)d values could not be read, the first in row %(row)d of the file",
        number,
    ) % {"column": column, "count": number, "row": row}


def _nameless(rows: list[int]) -> str:
    """Which rows have no id, and how a pair names them: a number there would be taken for an id."""
    shown = ", ".join(map(str, rows[:SHOWN])) + (", …" if len(rows) > SHOWN else "")
    return ngettext(
        "%(count)d row has no id: row %(rows)s of the file, the header being row 1. A pair says “%(named)s”.",
        "%(count)d rows have no id: rows %(rows)s of the file, the header being row 1. A pair says “%(named)s”.",
        len(rows),
    ) % {"count": len(rows), "rows": shown, "named": tables.row_named(rows[0])}


def _formulas(number: int) -> str:
    """That ids are written as they are, and what that means for whoever opens the pairs in a spreadsheet."""
    return ngettext(
        "%(count)d id begins as a formula does. It is written as it stands: import the pairs as text.",
        "%(count)d ids begin as a formula does. They are written as they stand: import the pairs as text.",
        number,
    ) % {"count": number}


def _twice(twice: Counter) -> str:
    """Which ids stand in several rows: a pair does not say which of them is meant."""
    named = ", ".join(sorted(twice)[:SHOWN]) + (", …" if len(twice) > SHOWN else "")
    return ngettext(
        "%(count)d id stands in several rows, and a pair does not say which is meant: %(ids)s",
        "%(count)d ids stand in several rows, and a pair does not say which is meant: %(ids)s",
        len(twice),
    ) % {"count": len(twice), "ids": named}
