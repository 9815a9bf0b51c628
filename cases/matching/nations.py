"""A nationality by any name that the site knows it by: VN, VNM, Vietnam, Việt Nam, 베트남 and 越南 are one."""

import csv
from functools import cache
from operator import itemgetter
from pathlib import Path

COUNTRIES = Path(__file__).parents[1] / "reference" / "countries.csv"


def nation(text: str) -> str:
    """The code of a country, in small letters; empty where no list names it, since that says nothing of anybody."""
    spelt, plain = _codes()
    return spelt.get(text.strip()) or plain.get(_plain(text), "")


def is_nation(text: str) -> bool:
    """Whether a list names this country."""
    return bool(nation(text))


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


@cache
def _codes() -> tuple[dict[str, str], dict[str, str]]:
    """Codes by the very spelling, and by the letters alone: Nga is Russia in Vietnamese, NGA the code of Nigeria.

    Read from the file and not from the database: an outside list is compared without one.
    """
    with COUNTRIES.open(encoding="utf-8", newline="") as file:
        ranked = [each for row in csv.DictReader(file) for each in _names(row)]
    spelt: dict[str, str] = {}
    plain: dict[str, str] = {}
    for _rank, name, code in sorted(ranked, key=itemgetter(0)):  # a name of one is no alias of another
        spelt.setdefault(name, code)
        plain.setdefault(_plain(name), code)
    return spelt, plain


def _names(row: dict[str, str]) -> list[tuple[int, str, str]]:
    """What a row is called, with its rank: the code, the names, the aliases with the code of three letters."""
    names = [row["code"], *(row[column] for column in row if column.startswith("name_")), *row["aliases"].split(";")]
    return [(rank, name, row["code"].lower()) for rank, name in enumerate(names) if name]
