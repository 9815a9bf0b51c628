"""What one column says of a row: on a page, and as a plain value in a file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from centers.models.codes import code_of, name_of, names_of
from centers.selectors import may_anywhere


@dataclass(frozen=True)
class Column:
    """One column of a listing.

    ``value`` gives what a file holds: text, a whole number, a day, or nothing. ``shown`` gives what the page shows
    instead, where that is more than the value (HTML by ``format_html``). ``code`` gives the plain code beside a name,
    a column of its own in the file. ``values`` gives the values of many rows at once, where that is cheaper. ``order``
    names the order that the heading sorts by. Only those who hold ``permission`` somewhere see the column. ``css`` are
    classes of the cell. A column ``in_file`` stands in the file alone: the page has no room for all. On a phone a row
    is a card, on which the ``main`` columns come first and without their labels.
    """

    key: str
    label: str
    value: Callable[[Any, User], Any]
    shown: Callable[[Any, User], str] | None = None
    code: Callable[[Any], str | None] | None = None
    values: Callable[[list], list] | None = None
    order: str = ""
    css: str = "table__short"
    permission: str = ""
    in_file: bool = False
    main: bool = False

    def is_open_to(self, viewer: User) -> bool:
        return not self.permission or may_anywhere(viewer, self.permission)

    def begins(self, *, main: bool) -> SafeString:
        """How each cell of it begins; where a row is a card, the label stands in the cell."""
        css = " ".join(filter(None, (self.css, "table__main" if main else "")))
        told = f' class="{escape(css)}"' if css else ""
        return mark_safe(f"<td{told}>" if main else f'<td{told} data-label="{escape(str(self.label))}">')  # noqa: S308

    def cells(self, rows: list[Model], viewer: User) -> list[str]:
        """What the page shows of each row, as HTML."""
        if self.shown:
            return [as_html(self.shown(row, viewer)) for row in rows]
        values = self.values(rows) if self.values else [self.value(row, viewer) for row in rows]
        return [as_html(plain(value)) for value in values]


def plain(value: Any) -> str:
    """A value in words of the page."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def as_html(text: str) -> SafeString:
    """What ``conditional_escape`` makes of it, which looks at each text for lazy ones: a page has 600 cells."""
    return text if isinstance(text, SafeString) else mark_safe(escape(str(text)))  # noqa: S308  (escaped here)


def linked(text: Any, row: Model) -> SafeString:
    """The text as the way to the row's own page."""
    return link(row.get_absolute_url(), plain(text))


def link(address: str, text: str) -> SafeString:
    return mark_safe(f'<a href="{escape(address)}">{as_html(text)}</a>')  # noqa: S308  (both are escaped)


def named(key: str, label: str, **options) -> Column:
    """A column of a coded field: its name on the page, name and code in a file."""
    return Column(
        key,
        label,
        value=lambda row, viewer: name_of(row, key),
        code=lambda row: code_of(row, key),
        values=lambda rows: names_of(rows, key),
        **options,
    )


def moment_column(key: str, label: str, **options) -> Column:
    """A column of a moment, in Seoul to the second; a line where there was none."""

    def value(row: Model, viewer: User) -> str:
        return in_seoul(getattr(row, key))

    def shown(row: Model, viewer: User) -> str:
        at = getattr(row, key)
        return mark_safe(f'<time datetime="{at.isoformat()}">{in_seoul(at)}</time>') if at else "–"  # noqa: S308

    return Column(key, label, value=value, shown=shown, **options)


def in_seoul(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""


def field(key: str, label: str, **options) -> Column:
    """A column that is one field of the row."""
    return Column(key, label, value=lambda row, viewer: getattr(row, key), **options)
