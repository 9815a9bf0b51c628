"""What is wrong with a workbook: every cell of it, in the reader's language."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _


class FileRefused(Exception):
    """The file cannot be read as a workbook at all. Its text is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad cell. ``line`` is the row as Excel numbers it; ``column`` the header as the file has it."""

    sheet: str
    line: int
    column: str
    value: str
    message: str
    warning: bool = False

    def __str__(self):
        place = _("%(sheet)s, row %(line)d") % {"sheet": self.sheet, "line": self.line} if self.line else self.sheet
        if self.column:
            place = f"{place}, {self.column}"
        value = f" “{self.value}”" if self.value else ""
        return f"{place}{value}: {self.message}"


@dataclass
class Problems:
    """Everything found so far. Errors keep the file out, warnings do not."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        (self.warnings if problem.warning else self.errors).append(problem)

    def __iter__(self):
        return iter(sorted(self.errors + self.warnings, key=lambda problem: (problem.sheet, problem.line)))
