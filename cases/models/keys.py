"""What clients are found by: columns that the database works out, and an operator that an index serves."""

import re

from django.db import models
from django.db.models import Lookup, TextField, Value

# Byte by byte: in this order a beginning is a stretch of the index.
KEY = models.TextField(db_collation="C", null=True)


def digits_of(text: str) -> str:
    """The digits of a text, as ``digits_backwards`` keeps them in the database: those of ASCII alone."""
    return re.sub("[^0-9]", "", text)


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


def name_key(first_word: int) -> models.GeneratedField:
    """A name as it is found by, from one of its words on; null where it has fewer words."""
    return models.GeneratedField(
        expression=models.Func("text", Value(first_word), function="wall.name_key"), output_field=KEY, db_persist=True
    )


def name_sound(first_word: int) -> models.GeneratedField:
    """How a name sounds (``cases/matching``) from one of its words on; 0: with its last word first."""
    return models.GeneratedField(
        expression=models.Func("text", Value(first_word), function="wall.name_sound"),
        output_field=KEY,
        db_persist=True,
    )


def name_initials() -> models.GeneratedField:
    """The first letters of a Hangul name's syllables: ㅇㅇㅇ is 응우옌; null for other scripts."""
    return models.GeneratedField(
        expression=models.Func("text", function="wall.name_initials"), output_field=KEY, db_persist=True
    )


def digits_backwards() -> models.GeneratedField:
    """The digits of a telephone number from its end, since its ending is what is remembered."""
    return models.GeneratedField(
        expression=models.Func("value", function="wall.digits_backwards"), output_field=KEY, db_persist=True
    )
