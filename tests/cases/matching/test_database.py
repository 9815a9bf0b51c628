"""The keys of the database are those of Python."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.matching import database, signs, sounds

pytestmark = pytest.mark.django_db
WRITTEN = "".join(sign for sign in signs.readings() if not "\u1100" <= sign <= "\u11ff")
letters = st.one_of(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGNQSTVXYZ"),
    st.sampled_from(WRITTEN),
    st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),
    st.sampled_from(signs.BLANKS + "đĐễữợẠ\u0301"),
    st.characters(exclude_characters="\x00", exclude_categories=["Cs", "Cn"], max_codepoint=0xFFFF),
)
names = st.text(letters, max_size=24)


def kept(name: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ARRAY[wall.name_sound(%(name)s, 1), wall.name_sound(%(name)s, 2), wall.name_sound(%(name)s, 3),"
            " wall.name_sound(%(name)s, 0), wall.name_initials(%(name)s)]",
            {"name": name},
        )
        return [key or "" for key in cursor.fetchone()[0]]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names)
def test_a_name_has_the_same_keys_in_both(name):
    assert kept(name) == [*sounds.keys(name), signs.initials(name)]


def test_the_functions_are_those_of_the_last_migration():
    assert database.digest() == database.DIGEST, (
        "The tables of names have changed: a migration has to make the functions and the columns anew."
    )
