"""The file back to who sent it, with every bad cell marked and commented."""

from collections import defaultdict
from pathlib import Path

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string

from workbook.problems import Problem, Problems
from workbook.sheets import normal

RED = PatternFill("solid", fgColor="FFFDEFEC")
AMBER = PatternFill("solid", fgColor="FFFFF3DB")


def write_marked(source: Path, problems: Problems, target: Path) -> None:
    """Copy the workbook with its bad cells red, doubtful ones amber, each with its sentence. Raises OSError."""
    book = load_workbook(source)
    cells = defaultdict(list)
    for problem in problems:
        if problem.sheet in book.sheetnames:
            cells[problem.sheet, max(problem.line, 1), _column(book[problem.sheet], problem)].append(problem)
    for (sheet, line, column), found in cells.items():
        cell = _unmerged(book[sheet], line, column)
        cell.fill = AMBER if all(problem.warning for problem in found) else RED
        said = [cell.comment.text] if cell.comment else []
        cell.comment = Comment(
            "\n".join([*said, *(problem.message for problem in found)]), _("Import check"), width=360
        )
    book.save(target)


def _unmerged(sheet, line: int, column: int):
    """The cell, or the first of those it is merged with: only that one can be marked."""
    cell = sheet.cell(line, column)
    if not isinstance(cell, MergedCell):
        return cell
    merged = next(one for one in sheet.merged_cells.ranges if cell.coordinate in one)
    return sheet.cell(merged.min_row, merged.min_col)


def _column(sheet, problem: Problem) -> int:
    header = next((row for row in sheet.iter_rows(max_row=50) if any(cell.value is not None for cell in row)), ())
    for cell in header:
        if cell.value is not None and normal(str(cell.value)) == normal(problem.column):
            return cell.column
    return column_index_from_string(problem.column) if problem.column.isascii() and problem.column.isalpha() else 1
