"""Stays in the shelter: bed by bed, so that no bed and nobody is booked twice on a night."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.synthetic.people import Person
from tests.data.demo_workbook.places import LAST, Hand

SHELTER = "52110-s1"
BEDS = ("1", "2", "3", "4")
REASONS = ("실직", "사업장변경 구직", "산재·질병", "임금체불 소송", "출국대기", "기타")
HAND = Hand(text_dates=False, codes=False)


@dataclass
class Stay:
    """One row of `쉼터`; without a departure the person is still there."""

    person: Person
    room: str
    bed: str
    checked_in_on: date
    checked_out_on: date | None


# Room 3 takes either sex, but one at a time: women in spring, one family in autumn, men in between.
SPANS = (
    ("1", "M", date(2025, 1, 6), date(2025, 12, 20)),
    ("2", "F", date(2025, 1, 13), date(2025, 12, 20)),
    ("3", "F", date(2025, 3, 3), date(2025, 5, 30)),
    ("3", "M", date(2025, 6, 2), date(2025, 8, 31)),
    ("3", "M", date(2025, 10, 20), date(2025, 12, 12)),
)


def make_stays(rng: Random, people: list[Person], family: list[Person]) -> list[Stay]:
    """A year of stays of a month at most, some guests a second time, one over New Year, three that have not ended."""
    waiting = {sex: [person for person in people if person.sex == sex] for sex in "MF"}
    stays = [Stay(waiting["M"].pop(0), "1", "4", date(2024, 12, 18), date(2025, 1, 5))]
    for room, sex, first, last in SPANS:
        for bed in BEDS:
            for arrival, departure in intervals(rng, first, last):
                person = waiting[sex].pop(0)
                stays.append(Stay(person, room, bed, arrival, departure))
                if departure < date(2025, 6, 1) and rng.random() < 0.4:
                    # Some beds further on, where a stay may fall after the first; an overlap is dropped below.
                    waiting[sex].insert(6, person)
    together = date(2025, 9, 22)
    stays += [
        Stay(person, "3", bed, together, together + timedelta(days=12))
        for person, bed in zip(family, BEDS, strict=False)
    ]
    stays += [Stay(waiting[sex].pop(0), room, "1", date(2025, 12, 22), None) for room, sex in (("1", "M"), ("2", "F"))]
    stays.append(Stay(waiting["M"].pop(0), "3", "2", date(2025, 12, 29), None))
    return without_double_nights(stays)


def intervals(rng: Random, first: date, last: date) -> Iterator[tuple[date, date]]:
    """Stays of one bed, one after the other; a bed may be taken again on the day it is left."""
    day = first + timedelta(days=rng.randint(0, 45))
    while day + timedelta(days=5) <= last:
        departure = min(day + timedelta(days=rng.randint(5, 30)), last)
        yield day, departure
        day = departure + timedelta(days=rng.choice((0, 20, 40, 60, 75)))


def without_double_nights(stays: list[Stay]) -> list[Stay]:
    """Drop a second stay that would overlap the first of the same person."""
    kept: list[Stay] = []
    for stay in stays:
        overlapping = [
            other
            for other in kept
            if other.person is stay.person
            and stay.checked_in_on < (other.checked_out_on or LAST)
            and other.checked_in_on < (stay.checked_out_on or LAST)
        ]
        if not overlapping:
            kept.append(stay)
    return kept


def stay_rows(rng: Random, stays: list[Stay]) -> Iterator[dict]:
    """The rows of `쉼터`, in the order of arrival."""
    for number, stay in enumerate(sorted(stays, key=lambda stay: (stay.checked_in_on, stay.room, stay.bed)), 1):
        yield {
            "번호": number,
            "사람번호": stay.person.ref,
            "쉼터": SHELTER,
            "방": stay.room,
            "침대": stay.bed,
            "입소일": HAND.day(stay.checked_in_on),
            "퇴소일": HAND.day(stay.checked_out_on),
            "사유": rng.choice(REASONS),
        }
