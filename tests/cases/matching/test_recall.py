"""Floors of what is found in another script; ``docs/matching.md`` has the figures."""

import pytest

from centers.models import Role
from tests.data import make_names, recall
from tests.make import everywhere, make_person, make_user, place

EVERY = 4  # names of a pair, so that the test is quick; the benchmark tries all
FLOOR = 0.85
LOWER = {"hangul-latin": 0.8, "latin-hangul": 0.8}
LONGEST = 15  # hits on average


@pytest.mark.django_db
def test_names_are_found_in_another_script():
    counsellor = make_user(Role.COUNSELLOR)
    with everywhere():
        recall.keep(place(), make_person, EVERY)
        found = [recall.measure(counsellor, pair, EVERY) for pair in recall.PAIRS]
    assert [row for row in found if row.recall < LOWER.get(row.pair, FLOOR) or row.length > LONGEST] == []


def test_the_names_are_those_that_the_script_makes():
    assert {pair: recall.rows(pair) for pair in recall.PAIRS} == make_names.pairs()
