"""The keys of the database are those of Python."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.matching import database, hanja, signs, sounds
from cases.matching.surnames import DOUBLE, parts_of

pytestmark = pytest.mark.django_db
WRITTEN = "".join(sign for sign in signs.readings() if not "\u1100" <= sign <= "\u11ff")
EAST = [*DOUBLE, *"김이박최민수리명화련金李王明花娜娜"]
letters = st.one_of(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGNQSTVXYZ"),
    st.sampled_from(WRITTEN),
    st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),
    st.sampled_from(signs.BLANKS + "đĐễữợẠ\u0301"),
    st.sampled_from("".join(hanja.readings())),
    st.sampled_from(DOUBLE),
    st.characters(exclude_characters="\x00", exclude_categories=["Cs", "Cn"], max_codepoint=0xFFFF),
)
names = st.lists(letters, max_size=24).map("".join) | st.lists(st.sampled_from(EAST), max_size=6).map("".join)


def kept(name: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ARRAY[wall.name_sound(%(name)s, 1), wall.name_sound(%(name)s, 2), wall.name_sound(%(name)s, 3),"
            " wall.name_sound(%(name)s, 0),"
            " wall.name_initials(%(name)s, 1), wall.name_initials(%(name)s, 2), wall.name_initials(%(name)s, 3),"
            " wall.name_reading(%(name)s, 1), wall.name_reading(%(name)s, 2), wall.name_reading(%(name)s, 3)]",
            {"name": name},
        )
        return [key or "" for key in cursor.fetchone()[0]]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names)
def test_a_name_has_the_same_keys_in_both(name):
    parts = parts_of(name)
    begun = [signs.initials("".join(parts[place:])) for place in range(3)]
    assert kept(name) == [*sounds.keys(name), *begun, *hanja.keys(name)]


def test_the_functions_are_those_of_the_last_migration():
    assert database.digest() == database.DIGEST, (
        "The tables of names have changed: a migration has to make the functions and the columns anew."
    )
