"""The figures that a merge changes: all of them are told before it, and counted again after it and its undoing."""

from collections.abc import Iterator
from datetime import date

import pytest

from accounts.models import User
from cases.models import Client, ClientMerge
from centers.models import Role
from centers.scope import WHOLE_PROVINCE, acting_for
from kpi.evidence import FIGURES
from kpi.models import CountingRule
from kpi.persons import figures_of_persons
from kpi.rollup import readings_of, roll_up
from tests.make import (
    everywhere,
    make_client,
    make_dependant,
    make_pair,
    make_session,
    make_stay,
    make_together,
    make_user,
    make_visa_case,
)

pytestmark = pytest.mark.django_db
FOLLOWING = {"achievement_percent", "score", "total_score"}  # from the result of an indicator
READERS = {
    "52110-c1": Role.COUNSELLOR,
    "52110-s1": Role.SHELTER_OPERATOR,
    "52140-office": Role.CITY_OFFICER,
}


def two_at_a_centre() -> tuple[Client, Client]:
    head, *files = (make_client(name=name) for name in ("HEAD", "ONE", "OTHER"))
    make_session(client=files[0], held_on=date(2025, 3, 3))
    make_together(make_session(client=head, held_on=date(2025, 5, 1)), files[1])
    return tuple(files)


def two_at_a_shelter() -> tuple[Client, Client]:
    files = tuple(make_client("52110-s1", sex_id="male") for _ in range(2))
    for file, day in zip(files, (3, 20), strict=True):
        make_stay(client=file, checked_in_on=date(2025, 1, day), checked_out_on=date(2025, 1, day + 4))
    return files


def two_at_an_office() -> tuple[Client, Client]:
    """Each has been recommended, granted and settled, and has settled as a dependant of somebody."""
    files = tuple(make_client("52140-office") for _ in range(2))
    days = {f"{stage}_on": date(2025, 2, 1) for stage in ("recommended", "granted", "settled")}
    for file, programme in zip(files, ("F-2-R", "E-7-4R"), strict=True):
        make_visa_case(programme, client=file, received_on=date(2025, 1, 2), **days)
        principal = make_visa_case("F-2-R", received_on=date(2025, 1, 2), **days).client
        make_dependant(principal, client=file, settled_on=date(2025, 4, 1))
    return files


WORLDS = {"52110-c1": two_at_a_centre, "52110-s1": two_at_a_shelter, "52140-office": two_at_an_office}


def counted() -> dict[str, float]:
    """All that is counted of the year: the roll-up, and each reading of the indicators."""
    with acting_for(WHOLE_PROVINCE, reason="test"):
        found = dict(leaves(roll_up(2025)))
        for rule in CountingRule.objects.filter(default=False).select_related("indicator"):
            [reading] = [row for row in readings_of(rule.indicator, 2025) if row["rule"] == rule.code]
            found[rule.code] = reading["actual"]
    return found


def leaves(at, path: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(at, list):
        at = {row["code"]: row for row in at}
    for name, value in at.items():
        if isinstance(value, dict | list):
            yield from leaves(value, f"{path}{name}/")
        elif name not in FOLLOWING:
            yield f"{path}{name}", value


def make_reader(place: str) -> User:
    return make_user(READERS[place], place, official=place != "52110-c1")


def signed_in(client, place: str) -> None:
    client.force_login(make_reader(place))


def told(client, pair) -> dict[str, tuple[int, int]]:
    """What the preview says, by the path in the roll-up or by the rule."""
    rows = client.get(pair.get_absolute_url()).context["figures"]
    paths = figures_of_persons(2025)
    return {paths[row.figure] or row.figure.where[0][1]: (row.before, row.after) for row in rows}


def merge(client, pair, kept: Client):
    return client.post(f"/clients/pairs/{pair.pk}/merge/", {"keep": kept.pk}, follow=True)


def said(answer) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


@pytest.mark.parametrize("place", WORLDS)
def test_the_preview_tells_each_figure_that_a_merge_changes_and_no_other(client, place):
    kept, absorbed = WORLDS[place]()
    signed_in(client, place)
    pair = make_pair(kept, absorbed)
    before, preview = counted(), told(client, pair)
    merge(client, pair, kept)
    after = counted()
    changed = {path: (before[path], after[path]) for path in before if before[path] != after[path]}
    assert preview == changed != {}


def test_no_figure_of_persons_is_left_out(client):
    """Every figure that counts each person once is one of those that the worlds of these tests change."""
    readers, found = {place: make_reader(place) for place in WORLDS}, set()
    for place, two in WORLDS.items():
        client.force_login(readers[place])
        found |= told(client, make_pair(*two())).keys()
    assert found == {path or figure.where[0][1] for figure, path in figures_of_persons(2025).items()}


def test_what_counts_persons_is_known_by_what_it_asks_for():
    names = {name for name, counting in FIGURES.items() if counting.per == "person"}
    readings = {rule.code for rule in CountingRule.objects.all() if "persons" in rule.reading}
    figures = figures_of_persons(2025)
    assert {figure.name for figure in figures} - {"reading"} == names
    assert {figure.where[0][1] for figure in figures if figure.where} == readings
    assert all(figure.asked()["per"] == "person" for figure in figures)


@pytest.mark.parametrize("place", WORLDS)
def test_after_the_merge_and_its_undoing_the_same_figures_are_counted_again(client, place):
    kept, absorbed = WORLDS[place]()
    signed_in(client, place)
    pair = make_pair(kept, absorbed)
    figures = client.get(pair.get_absolute_url()).context["figures"]
    answer = said(merge(client, pair, kept))
    assert all(f"{row.name} 2025년 {row.after}명" in answer for row in figures), answer
    with everywhere():
        row = ClientMerge.objects.get()
    answer = said(client.post(f"/clients/merges/{row.pk}/undo/", follow=True))
    assert all(f"{row.name} 2025년 {row.before}명" in answer for row in figures), answer


def test_who_had_a_case_refused_is_no_person_of_the_reading_that_leaves_them_out(client):
    kept, absorbed = (make_client("52140-office") for _ in range(2))
    for file, programme in ((kept, "F-2-R"), (absorbed, "E-7-4R")):
        refused = {"refused_on": date(2025, 3, 1)} if file == absorbed else {}
        make_visa_case(
            programme, client=file, received_on=date(2025, 1, 2), recommended_on=date(2025, 2, 1), **refused
        )
    signed_in(client, "52140-office")
    preview = told(client, make_pair(kept, absorbed))
    assert preview["indicators/visa-recruitment/actual"] == (2, 1)
    assert "recommended-live-persons" not in preview


def test_two_of_different_years_change_no_figure(client):
    kept, absorbed = (make_client() for _ in range(2))
    make_session(client=kept, held_on=date(2025, 3, 3))
    make_session(client=absorbed, held_on=date(2026, 3, 3))
    signed_in(client, "52110-c1")
    assert told(client, make_pair(kept, absorbed)) == {}
