"""What is known of a person, made ready to be compared: one reading per field, empty where nothing is known."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from accounts.unseen import bare
from cases.matching import hanja
from cases.matching.burmese import romanised
from cases.matching.nations import is_nation, nation
from cases.matching.signs import latin, words
from cases.matching.sounds import sound

FIELDS = ("given_name", "surname", "birth_date", "sex", "nationality", "phone", "address", "registration_number")
SHORTEST_PHONE = 4  # digits: the ending by which people give a number
ENDING = 8  # digits of a telephone number that stay when the country is written before it
LATIN = "[\\0-\u024f\u0300-\u036f\u1e00-\u1eff]*"
SEXES = dict.fromkeys(("f", "female", "여", "여성", "여자"), "f") | dict.fromkeys(
    ("m", "male", "남", "남성", "남자"), "m"
)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a list of people. ``given`` and ``surname`` are in Latin letters, ``born`` is eight digits if whole.

    ``id`` is as it stands in the row. ``sounds`` are those of the given name and of the surname, ``read`` is how
    Koreans read them where they are in Chinese signs or Hangul. ``parts`` are the words of the whole name and
    ``tones`` their sounds, both by the alphabet; ``in_latin``, whether the name is written in Latin letters alone.
    """

    id: str
    given: str = ""
    surname: str = ""
    born: str = ""
    sex: str = ""
    nationality: str = ""
    phone: str = ""
    address: frozenset = frozenset()
    number: str = ""
    sounds: tuple[str, str] = ("", "")
    read: tuple[str, str] = ("", "")
    parts: tuple[str, ...] = ()
    tones: tuple[str, ...] = ()
    in_latin: bool = True

    @classmethod
    def of(cls, row: Mapping[str, object]) -> "Record":
        """A record of a row with ``id`` and any of ``FIELDS``; dates may be dates or text, the year first or last."""
        text = {name: bare(str(row.get(name) or "")).strip() for name in FIELDS}
        given, surname = romanised(text["given_name"]), romanised(text["surname"])
        names = [*words(given), *words(surname)]
        return cls(
            id=str(row.get("id") or ""),
            given=latin(given),
            surname=latin(surname),
            born=birth_digits(row.get("birth_date")),
            sex=SEXES.get(text["sex"].lower(), text["sex"].lower()),
            nationality=nation(text["nationality"]),
            phone=_digits(text["phone"])[-ENDING:],
            address=frozenset(re.findall(r"\w+", text["address"].lower())),
            number=_signs(text["registration_number"]),
            sounds=(sound(given), sound(surname)),
            read=(hanja.reading(_joined(given), 2), hanja.reading(_joined(surname))),
            parts=_sorted(map(latin, names)),
            tones=_sorted(map(sound, names)),
            in_latin=bool(re.fullmatch(LATIN, text["given_name"] + text["surname"])),
        )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    """Words by the alphabet: the same in whatever order, and in whichever column, they were written."""
    return tuple(sorted(filter(None, names)))


def birth_digits(value: object) -> str:
    """A birth date as YYYYMMDD, or what digits there are; empty where there are fewer than six."""
    if isinstance(value, date):
        return value.strftime("%Y%m%d")
    text = bare(str(value or "")).strip()
    last = re.fullmatch(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})", text)
    if last:
        return f"{last[3]}{int(last[2]):02}{int(last[1]):02}"
    first = re.fullmatch(r"([0-9]{4})[./-]([0-9]{1,2})[./-]([0-9]{1,2}).*", text)
    if first:
        return f"{first[1]}{int(first[2]):02}{int(first[3]):02}"
    digits = _digits(text.removesuffix(".0"))[:8]
    return digits if len(digits) >= 6 else ""


def is_birth_date(text: str) -> bool:
    """Whether there is a day in it, or part of one; eight digits are one of the calendar."""
    digits = birth_digits(text)
    if len(digits) < 8:
        return bool(digits)
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def _joined(name: str) -> str:
    return "".join(words(name))


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", unicodedata.normalize("NFKC", text))


def _signs(text: str) -> str:
    return re.sub("[^0-9A-Za-z]", "", text).upper()


# The columns of which it can be told whether a value is what it should be.
READABLE: dict[str, Callable[[str], bool]] = {
    "birth_date": is_birth_date,
    "nationality": is_nation,
    "phone": lambda text: len(_digits(text)) >= SHORTEST_PHONE,
    "registration_number": lambda text: bool(_signs(text)),
}


def unread(row: Mapping[str, str]) -> list[str]:
    """The columns of a row in which something stands that is no such date, country, telephone or number."""
    values = {name: str(row.get(name) or "").strip() for name in READABLE}
    return [name for name, value in values.items() if value and not READABLE[name](value)]


def whole_name(text: str) -> dict[str, str]:
    """A name that nobody has divided, as the fields of a row: the first word as the surname."""
    first, *rest = words(text) or [""]
    return {"surname": first, "given_name": " ".join(rest)}
