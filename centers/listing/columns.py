"""What one column says of a row: on a page, and as a plain value in a file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.html import format_html

from accounts.models import User
from centers.models.codes import code_of, name_of
from centers.selectors import may_anywhere


@dataclass(frozen=True)
class Column:
    """One column of a listing.

    ``value`` gives what a file holds: text, a whole number, a day, or nothing. ``shown`` gives what the page shows
    instead, where that is more than the value (HTML by ``format_html``). ``code`` gives the plain code beside a name,
    a column of its own in the file. ``order`` names the order that the heading sorts by. Only those who hold
    ``permission`` somewhere see the column. ``css`` are classes of the cell.
    """

    key: str
    label: str
    value: Callable[[Any, User], Any]
    shown: Callable[[Any, User], str] | None = None
    code: Callable[[Any], str | None] | None = None
    order: str = ""
    css: str = "table__short"
    permission: str = ""

    def is_open_to(self, viewer: User) -> bool:
        return not self.permission or may_anywhere(viewer, self.permission)

    def cell(self, row: Model, viewer: User) -> str:
        return self.shown(row, viewer) if self.shown else plain(self.value(row, viewer))


def plain(value: Any) -> str:
    """A value in words of the page."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def linked(text: Any, row: Model) -> str:
    """The text as the way to the row's own page."""
    return format_html('<a href="{}">{}</a>', row.get_absolute_url(), plain(text))


def named(key: str, label: str, **options) -> Column:
    """A column of a coded field: its name on the page, name and code in a file."""
    return Column(
        key,
        label,
        value=lambda row, viewer: name_of(row, key),
        code=lambda row: code_of(row, key),
        **options,
    )


def field(key: str, label: str, **options) -> Column:
    """A column that is one field of the row."""
    return Column(key, label, value=lambda row, viewer: getattr(row, key), **options)
