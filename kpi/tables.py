"""The roll-up as tables, for a terminal and for a spreadsheet."""

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import xlsxwriter
from django.utils.translation import gettext as _

from centers.models import SupportProgramme
from kpi.meanings import SENTENCES
from kpi.models import Indicator
from kpi.rows import WORDS


@dataclass
class Table:
    title: str
    heading: list[str]
    rows: list[list]


def tables_of(answer: dict) -> Iterator[Table]:
    """The plan's figures first, then the volumes in the order of the answer."""
    yield _indicators(answer)
    yield _programmes(answer)
    yield from _pages(answer)


def _indicators(answer: dict) -> Table:
    names = dict(Indicator.objects.values_list("code", "name"))
    rows = [
        [names.get(row["code"], row["code"])]
        + [row[key] for key in ("rule", "weight", "target", "actual", "achievement_percent", "score")]
        for row in answer["indicators"]
    ]
    rows.append([_("Total"), "", answer["weight_evaluated"], "", "", "", answer["total_score"]])
    heading = [_("Indicator"), _("Rule"), _("Weight"), _("Target"), _("Result"), _("Achievement (%)"), _("Score")]
    title = _("Indicators of %(year)d as of %(day)s") % {"year": answer["year"], "day": answer["as_of"]}
    return Table(title, heading, rows)


def _programmes(answer: dict) -> Table:
    names = dict(SupportProgramme.objects.values_list("code", "name"))
    rows = [
        [
            names.get(row["code"], row["code"]),
            _("yes") if row["carried_out"] else _("no"),
            *row["records"].values(),
            row["participants"],
        ]
        for row in answer["programmes"]
    ]
    heading = [
        _("Support programme"),
        _("Carried out"),
        _("Counselling sessions"),
        _("Activities"),
        _("Stays"),
        _("Vouchers"),
    ]
    return Table(_("Support programmes"), [*heading, _("Participants")], rows)


def _pages(answer: dict) -> Iterator[Table]:
    titles = {
        "centres": _("Support centres"),
        "counselling": _("Counselling"),
        "visas": _("Visa cases"),
        "quotas": _("Quotas"),
        "vouchers": _("Upgrade vouchers"),
        "shelter": _("Shelter"),
    }
    for key, title in titles.items():
        part = answer[key]
        if isinstance(part, list):
            yield Table(title, list(part[0]) if part else [], [list(row.values()) for row in part])
            continue
        yield Table(title, [_("Figure"), _("Count")], [[k, v] for k, v in part.items() if not isinstance(v, dict)])
        for split, counts in part.items():
            if isinstance(counts, dict) and counts:
                yield _split(f"{title}: {split}", counts)


def _split(title: str, counts: dict) -> Table:
    first = next(iter(counts.values()))
    if isinstance(first, dict):
        return Table(title, [_("Code"), *first], [[code, *row.values()] for code, row in counts.items()])
    return Table(title, [_("Code"), _("Count")], [[code, count] for code, count in counts.items()])


def _meanings() -> Table:
    """What each figure counts, for whoever has the file and not the page."""
    rows = [[str(part), str(name), str(SENTENCES[figure])] for figure, (part, name) in WORDS.items()]
    return Table(_("What is counted"), [_("Part"), _("Figure"), _("What it counts")], rows)


def as_text(answer: dict) -> str:
    return "\n\n".join(_drawn(table) for table in tables_of(answer))


def _drawn(table: Table) -> str:
    grid = [table.heading, *table.rows]
    cells = [[_cell(value) for value in row] for row in grid]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = ["  ".join(_padded(text, width, value) for text, width, value in zip(*line, strict=True)).rstrip()
             for line in ((row, widths, grid[number]) for number, row in enumerate(cells))]  # fmt: skip
    return "\n".join([table.title, "-" * _width(table.title), *lines])


def _cell(value) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _padded(text: str, width: int, value) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if isinstance(value, int | float) else text + blanks


def _width(text: str) -> int:
    """Columns on a terminal; Korean and Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def as_workbook(answer: dict) -> bytes:
    """One sheet for the plan's figures, one for each kind of volume, and what each figure counts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        for number, table in enumerate([*tables_of(answer), _meanings()], start=1):
            sheet = book.add_worksheet(f"{number} {_sheet_name(table.title)}"[:31])
            sheet.write_row(0, 0, [table.title], bold)
            sheet.write_row(1, 0, table.heading, bold)
            for line, row in enumerate(table.rows, start=2):
                sheet.write_row(line, 0, row)
            sheet.set_column(0, 0, 40)
    return out.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(sign for sign in title if sign not in "[]:*?/\\")
