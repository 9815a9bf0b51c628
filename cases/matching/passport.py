"""The two lines of a passport that a machine reads (ICAO Doc 9303 part 4), typed, copied or out of a scanner."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

LENGTH = 44  # signs of each line
# By hand the line is often left off where the name ends. Other documents than P< are told by the whole line alone:
# PHAM<<VAN is a name.
NAMES = re.compile(rf"(?:P<|P[A-Z](?=.{{{LENGTH - 2}}}$)(?=.*<<))(?:[A-Z]{{3}}|[A-Z]<<)([A-Z][A-Z<]*)")
NUMBERS = re.compile(
    r"(?P<number>[A-Z0-9][A-Z0-9<]{8})(?P<number_check>[0-9<])[A-Z<]{3}"
    r"(?P<born>[0-9]{6})(?P<born_check>[0-9])(?P<sex>[MFX<])[0-9]{6}[0-9](?:[A-Z0-9<]{14}[0-9<][0-9])?"
)
WEIGHTS = (7, 3, 1)


@dataclass(frozen=True)
class Passport:
    """What the lines tell; empty where a line is not there. ``whole`` is false where a check digit does not fit."""

    surname: str = ""
    given: str = ""
    number: str = ""
    born: date | None = None
    sex: str = ""
    whole: bool = True

    @property
    def name(self) -> str:
        """As in the passport, the surname first."""
        return " ".join(filter(None, (self.surname, self.given)))


def passport(text: str) -> Passport | None:
    """What the lines of a passport tell, where the text is one of them or both; else nothing."""
    joined = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().upper()
    told = [line for part in joined.split(" ") for line in _lines(part)]
    names = [found for line in told if (found := NAMES.fullmatch(line))]
    numbers = [found for line in told if (found := NUMBERS.fullmatch(line))]
    if not told or len(names) > 1 or len(numbers) > 1 or len(names) + len(numbers) < len(told):
        return None
    surname, given = _name(names[0][1]) if names else ("", "")
    return Passport(surname, given, **(_numbers(numbers[0]) if numbers else {}))


def _lines(part: str) -> list[str]:
    """A scanner may leave out the end of the first line."""
    return [part[:LENGTH], part[LENGTH:]] if len(part) == 2 * LENGTH else [part]


def _name(written: str) -> tuple[str, str]:
    surname, _gap, given = written.partition("<<")
    return " ".join(surname.replace("<", " ").split()), " ".join(given.replace("<", " ").split())


def _numbers(line: re.Match) -> dict[str, object]:
    """Only what its check digit vouches for."""
    number = line["number"].rstrip("<")
    sure = {name: _check(line[name]) == line[f"{name}_check"] for name in ("number", "born")}
    born = _born(line["born"]) if sure["born"] else None
    return {
        "number": number if sure["number"] else "",
        "born": born,
        "sex": line["sex"] if line["sex"] in "MF" else "",
        "whole": all(sure.values()) and born is not None,
    }


def _check(text: str) -> str:
    values = [0 if sign == "<" else int(sign, 36) for sign in text]
    return str(sum(value * WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def _born(digits: str) -> date | None:
    """Two digits of the year are those of the last hundred years."""
    year, month, day = (int(digits[place : place + 2]) for place in (0, 2, 4))
    today = timezone.localdate()
    for century in (2000, 1900):
        try:
            born = date(century + year, month, day)
        except ValueError:
            continue
        if born <= today:
            return born
    return None
