"""What clients are found by: columns that the database works out, and an operator that an index serves."""

import re
import unicodedata

from django.db import models
from django.db.models import Lookup, TextField, Value

# Byte by byte: in this order a beginning is a stretch of the index.
KEY = models.TextField(db_collation="C", null=True)
KOREA, LEAST = "82", 8  # the country's number; digits of its shortest number of an area (2 123 4567)
BLOCK = 4  # digits at the end of a telephone number, which are said and remembered together


def digits_of(text: str) -> str:
    """The digits of a text, as ``digits_backwards`` keeps them: those of full width (９８７６) too."""
    return re.sub("[^0-9]", "", unicodedata.normalize("NFKC", text))


def telephone(text: str) -> str:
    """A telephone number as it is told from others: without the zeros before it and without Korea's 82.

    010-1234-5678, +82 10-1234-5678, +82-(0)10-1234-5678 and 0082 10 1234 5678 are one.
    """
    digits = digits_of(text).lstrip("0")
    if digits.startswith(KOREA) and len(digits) >= LEAST + len(KOREA):
        digits = digits.removeprefix(KOREA)
    return digits.lstrip("0")


def middles(text: str) -> list[str]:
    """What ``middle_backwards`` may begin with, where the text is a block of a number or its beginning: 010-7777."""
    digits = digits_of(text)
    ways = dict.fromkeys((digits, digits.removeprefix("0")))
    return [way[::-1] for way in ways if BLOCK <= len(way) <= LEAST]


def may_be_one(one: str, other: str) -> bool:
    """Whether two telephone numbers differ in no more than a country before one of them: 84 90… is 090…."""
    short, long = sorted((telephone(one), telephone(other)), key=len)
    return bool(short) and long.endswith(short)


@TextField.register_lookup
class Begins(Lookup):
    """``key__begins="kim"``: the beginning of a text.

    LIKE, which ``startswith`` makes, might tell of hidden rows, and so gets no index under row security.
    """

    lookup_name = "begins"

    def as_sql(self, compiler, connection):
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}::text", [*left_values, *right_values]


@TextField.register_lookup
class Among(Lookup):
    """``sound__among=[…]``: one of many texts, handed over as one list. A thousand parameters of ``in`` take longer to
    write and to plan than the database takes to look them up.
    """

    lookup_name = "among"
    prepare_rhs = False

    def get_db_prep_lookup(self, value, connection):
        return "%s::text[]", [list(value)]

    def as_sql(self, compiler, connection):
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} = ANY ({right})", [*left_values, *right_values]


def name_key(first_word: int) -> models.GeneratedField:
    """A name as it is found by, from one of its words on; null where it has fewer words."""
    return _worked_out("wall.name_key", "text", first_word)


def name_key_backwards() -> models.GeneratedField:
    """A name in a script that leaves no gaps, from its end; null for others."""
    return _worked_out("wall.name_key_backwards", "text")


def name_sound(first_word: int) -> models.GeneratedField:
    """How a name sounds (``cases/matching``) from one of its words on; 0: with its last word first."""
    return _worked_out("wall.name_sound", "text", first_word)


def name_initials(first_word: int) -> models.GeneratedField:
    """The first letters of a Hangul name's syllables: ㅇㅇㅇ is 응우옌; null for other scripts."""
    return _worked_out("wall.name_initials", "text", first_word)


def name_reading(first_word: int) -> models.GeneratedField:
    """A name in Chinese signs or Hangul as Koreans read it: 李明花 and 리명화 are 이명화; null for other scripts."""
    return _worked_out("wall.name_reading", "text", first_word)


def digits_backwards() -> models.GeneratedField:
    """The digits of a telephone number from its end, since its ending is what is remembered."""
    return _worked_out("wall.digits_backwards", "value")


def middle_backwards() -> models.GeneratedField:
    """What stands before the last block of a telephone number, from its end, as ``telephone`` has it."""
    return _worked_out("wall.middle_backwards", "value")


def _worked_out(function: str, column: str, *arguments: int) -> models.GeneratedField:
    call = models.Func(column, *map(Value, arguments), function=function)
    return models.GeneratedField(expression=call, output_field=KEY, db_persist=True)
