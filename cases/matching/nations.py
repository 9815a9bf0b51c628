"""A nationality by any name that the site knows it by: VN, Vietnam, Việt Nam, 베트남 and 越南 are one."""

import csv
from functools import cache
from pathlib import Path

COUNTRIES = Path(__file__).parents[1] / "reference" / "countries.csv"


def nation(text: str) -> str:
    """The code of a country, in small letters; what no list names stays as it was written."""
    return _codes().get(_plain(text), _plain(text))


def is_nation(text: str) -> bool:
    """Whether a list names this country."""
    return _plain(text) in _codes()


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


@cache
def _codes() -> dict[str, str]:
    """Read from the file and not from the database: an outside list is compared without one."""
    found: dict[str, str] = {}
    with COUNTRIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = [row[name] for name in row if name.startswith("name_")]
            for name in (row["code"], *names, *row["aliases"].split(";")):
                found.setdefault(_plain(name), row["code"].lower())
    found.pop("", None)
    return found
