"""The numbers under which records are known: those of the workbook (번호), or workspace and id (5-123); of these, the
id alone (123) leads to the record too.

Where records of several workspaces stand side by side, the code of the workspace stands before it: 52110-c1 · 5-123.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

BIGGEST = 2**63 - 1


@dataclass(frozen=True)
class Number:
    """A number as somebody wrote it: ``at`` is the code of a workspace, ``place`` and ``pk`` the parts of 5-123."""

    text: str
    at: str = ""
    place: int | None = None
    pk: int | None = None

    @classmethod
    def of(cls, text: str) -> "Number":
        at, _dot, number = (part.strip() for part in text.rpartition("·"))
        pair = re.fullmatch(r"(?:([0-9]{1,19})-)?([0-9]{1,19})", number)
        place, pk = (int(part or 0) for part in pair.groups()) if pair else (0, 0)
        return cls(number, at, place or None, pk) if 0 < pk <= BIGGEST and place <= BIGGEST else cls(number, at)


def numbered(rows: QuerySet, text: str) -> QuerySet:
    """The rows with this number; its letters may be typed small."""
    number = Number.of(text)
    wanted = Q(ref__in={number.text, number.text.upper()}) & ~Q(ref="")
    if number.pk:
        wanted |= Q(pk=number.pk, workspace=number.place) if number.place else Q(pk=number.pk)
    found = rows.filter(wanted)
    return found.filter(workspace__code=number.at) if number.at else found


def numbers_of_files(files: Collection[int]) -> dict[int, str]:
    """The numbers of files by their id, also of files that stay closed to a reader who reviews who opened them."""
    if not files:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT file, number FROM wall.numbers_of_files(%s::bigint[])", [sorted(files)])
        return dict(cursor.fetchall())


def files_numbered(text: str) -> list[int]:
    """The ids of the files with this number, among those of which ``numbers_of_files`` tells it."""
    number = Number.of(text)
    with connection.cursor() as cursor:
        asked = [number.at, number.text, number.place, number.pk]
        cursor.execute("SELECT file FROM wall.files_numbered(%s, %s, %s, %s) AS file", asked)
        return [file for (file,) in cursor.fetchall()]
