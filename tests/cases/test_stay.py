"""Beds, nights and who shares a room."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from cases.models import Stay
from tests.make import bed, everywhere, make_client, make_dependant, make_stay
from tests.support import as_owner, refused_by, rule, run, run_together

DAY = date(2025, 3, 3)
SHELTER = "52110-s1"


def later(nights: int) -> date:
    return DAY + timedelta(days=nights)


def guest(sex: str | None = "male"):
    return make_client(SHELTER, sex_id=sex)


@pytest.mark.django_db
class BedTests:
    @pytest.mark.parametrize(
        ("first", "second", "fits"),
        [
            ((0, 3), (3, 5), True),  # out and in on one day
            ((0, 3), (2, 5), False),
            ((0, None), (9, 10), False),  # still there
            ((0, None), (-5, 0), True),
            ((0, 3), (-5, None), False),
            ((0, 0), (0, 1), True),  # no night was slept
            ((0, 5), (2, 3), False),
        ],
    )
    def test_no_bed_holds_two_on_a_night(self, first, second, fits):
        def stay(nights):
            end = None if nights[1] is None else later(nights[1])
            return make_stay(client=guest(), checked_in_on=later(nights[0]), checked_out_on=end)

        stay(first)
        if fits:
            stay(second)
        else:
            with refused_by("stay_one_in_a_bed"):
                stay(second)

    def test_nobody_sleeps_in_two_beds_even_with_two_files(self):
        one = guest()
        make_stay(client=one)
        with refused_by("stay_one_of_a_person"):
            make_stay(client=make_client(SHELTER, person=one.person_id, sex_id="male"), bed_code="2")

    def test_a_join_that_would_put_one_person_in_two_beds_is_refused(self):
        one, other = guest(), guest()
        make_stay(client=one), make_stay(client=other, bed_code="2")
        with refused_by("stay_one_of_a_person"), everywhere():
            run("SELECT wall.join_persons(%s, %s)", one.person_id, other.person_id)

    def test_a_voided_stay_frees_the_bed_and_does_not_come_back_over_another(self):
        stay = make_stay(client=guest())
        with everywhere():
            Stay.objects.filter(pk=stay.pk).update(voided_at="2025-03-04T00:00Z")
        make_stay(client=guest())
        with refused_by("stay_one_in_a_bed"), everywhere():
            Stay.objects.filter(pk=stay.pk).update(voided_at=None)

    def test_nobody_leaves_before_they_came(self):
        with refused_by("stay_ends_after_it_starts"):
            make_stay(checked_out_on=later(-1))

    def test_a_bed_of_another_shelter_is_none_of_ours(self):
        client = make_client("52110-c1", sex_id="male")
        with refused_by("stay_in_its_own_shelter"):
            make_stay(client=client)


class BedInServiceTests:
    NIGHTS = [((0, 4), True), ((0, 5), False), ((-1, 2), False), ((0, None), False)]

    @pytest.mark.parametrize(("nights", "fits"), NIGHTS)
    def test_a_bed_is_slept_in_while_it_is_in_service(self, committed, nights, fits):
        with as_owner(committed) as owner:
            owner.execute(
                "UPDATE centers_bed SET in_service_from = %s, in_service_to = %s WHERE id = %s",
                [DAY, later(4), bed().pk],
            )
        end = None if nights[1] is None else later(nights[1])
        if fits:
            make_stay(checked_in_on=later(nights[0]), checked_out_on=end)
        else:
            with refused_by("stay_while_the_bed_is_in_service"):
                make_stay(checked_in_on=later(nights[0]), checked_out_on=end)


@pytest.mark.django_db
class RoomTests:
    """Room 1 is for men, room 2 for women, room 3 for one sex or one household."""

    @pytest.mark.parametrize(
        ("room", "sex", "fits"),
        [
            ("1", "male", True), ("1", "female", False), ("1", "other", False), ("1", None, False),
            ("2", "female", True), ("2", "male", False), ("2", None, False),
            ("3", "male", True), ("3", "female", True), ("3", "other", True), ("3", None, True),
        ],
    )  # fmt: skip
    def test_a_room_takes_those_it_is_for(self, room, sex, fits):
        if fits:
            make_stay(client=guest(sex), room=room)
        else:
            with refused_by("stay_by_the_rule_of_the_room"):
                make_stay(client=guest(sex), room=room)

    @pytest.mark.parametrize(
        ("first", "second", "fits"),
        [
            ("male", "male", True), ("female", "female", True), ("male", "female", False), ("male", None, False),
            (None, None, False), ("male", "other", False),
        ],
    )  # fmt: skip
    def test_strangers_share_a_room_only_if_of_one_sex(self, first, second, fits):
        make_stay(client=guest(first))
        if fits:
            make_stay(client=guest(second), bed_code="2")
        else:
            with refused_by("stay_by_the_rule_of_the_room"):
                make_stay(client=guest(second), bed_code="2")

    def test_on_different_nights_they_do_not_meet(self):
        make_stay(client=guest("male"), checked_out_on=later(2))
        make_stay(client=guest("female"), bed_code="2", checked_in_on=later(2))

    def test_a_household_shares_a_room(self):
        principal, spouse, child = guest("male"), guest("female"), guest("female")
        make_dependant(principal, client=spouse), make_dependant(principal, client=child, relation="child")
        make_stay(client=spouse)
        make_stay(client=principal, bed_code="2")
        make_stay(client=child, bed_code="3")
        with refused_by("stay_by_the_rule_of_the_room"):
            make_stay(client=guest("female"), bed_code="4")

    def test_a_stay_that_is_drawn_out_meets_those_who_came_since(self):
        stay = make_stay(client=guest("male"), checked_out_on=later(2))
        make_stay(client=guest("female"), bed_code="2", checked_in_on=later(2))
        with refused_by("stay_by_the_rule_of_the_room"), everywhere():
            Stay.objects.filter(pk=stay.pk).update(checked_out_on=later(3))


def test_a_man_and_a_woman_who_arrive_at_once_do_not_share_a_room(committed):
    for bed_codes in (("1", "2"), ("3", "4")):
        with as_owner(committed) as owner:
            owner.execute("DELETE FROM cases_stay")
        man, woman = guest("male"), guest("female")
        answers = run_together(
            lambda man=man, code=bed_codes[0]: make_stay(client=man, bed_code=code),
            lambda woman=woman, code=bed_codes[1]: make_stay(client=woman, bed_code=code),
        )
        assert {type(answer) for answer in answers} == {Stay, IntegrityError}
        assert {rule(answer) for answer in answers if isinstance(answer, IntegrityError)} == {
            "stay_by_the_rule_of_the_room"
        }


def test_two_who_take_one_bed_at_once_do_not_both_get_it(committed):
    guests = [guest() for _ in range(8)]
    answers = run_together(*(lambda client=client: make_stay(client=client) for client in guests))
    assert [type(answer) for answer in answers].count(Stay) == 1
