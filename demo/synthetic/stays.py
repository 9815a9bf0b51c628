"""Nights in the shelters, from tonight backwards, so that somebody is here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.synthetic.files import SEXES, Cabinet, File
from demo.synthetic.known import Known, Room, Site
from demo.synthetic.people import Person

# Why people came, for a month at most (domain of the shelter: loss of lodging by closure or loss of work).
REASONS = {
    "job_loss": 34, "workplace_change": 26, "injury_illness": 9, "wage_claim": 12, "departure": 10, "other": 9,
}  # fmt: skip
LONGEST = 30  # nights
HERE_TONIGHT = 0.7  # of the beds
SEASON = 91  # days for which a room that takes either sex is kept for one


@dataclass
class Stay:
    pk: int
    file: File
    bed: int
    checked_in_on: date
    checked_out_on: date | None
    reason: str
    leave: tuple[date, date] | None = None


def make_stays(rng: Random, cabinet: Cabinet, known: Known, people: Iterable[Person], first: date) -> list[Stay]:
    """Stays of people who are not in another bed, room by room, as far as there are people of the sex it takes."""
    waiting: dict[str, list[Person]] = {"male": [], "female": []}
    for person in people:
        if person.sex != "X":
            waiting[SEXES[person.sex]].append(person)
    for guests in waiting.values():
        rng.shuffle(guests)
    sites = {site.pk: site for site in known.sites.values()}
    made: list[Stay] = []
    for room in known.rooms:
        if room.free_from is not None:
            for stay in _of_room(
                rng, room, sites[room.site], cabinet, known.today, max(first, room.free_from), waiting
            ):
                stay.pk = len(made) + 1
                made.append(stay)
    return made


def _of_room(rng, room: Room, site: Site, cabinet: Cabinet, today: date, first: date, waiting: dict) -> Iterator[Stay]:
    """Season by season backwards; a room for one sex has one long season."""
    last, here, sex = today, True, {"men": "male", "women": "female"}.get(room.sex_rule)
    while last >= first:
        begins = first if sex else max(first, last - timedelta(days=SEASON))
        guests = waiting[sex or rng.choice(("male", "female"))]
        for bed in room.beds:
            for start, end in _nights(rng, begins, last, here):
                person = _guest(guests, start)
                if person is None:
                    break
                file = cabinet.open(person, site, start)
                reason = rng.choices(list(REASONS), weights=list(REASONS.values()))[0]
                yield Stay(0, file, bed, start, end, reason, _leave(rng, start, end, today))
        last, here = begins - timedelta(days=1), False


def _nights(rng: Random, first: date, last: date, here: bool) -> Iterator[tuple[date, date | None]]:
    """Stays of one bed, the latest first; one who is here has no day of leaving yet. No two share a night."""
    day = last + timedelta(days=1)
    if here and rng.random() < HERE_TONIGHT:
        start = max(first, last - timedelta(days=rng.randint(0, LONGEST - 4)))
        yield start, None
        day = start
    elif here:
        day = last
    while True:
        end = min(day - timedelta(days=rng.choice((0, 3, 12, 25, 40))), last)
        start = end - timedelta(days=rng.randint(4, LONGEST))
        if start < first:
            return
        yield start, end
        day = start


def _guest(guests: list[Person], on: date) -> Person | None:
    """Somebody who is in the country by then; each comes once."""
    for place in range(min(len(guests), 50)):
        if guests[place].here_from <= on:
            return guests.pop(place)
    return None


def _leave(rng: Random, start: date, end: date | None, today: date) -> tuple[date, date] | None:
    """Nights away: of every seventh stay, and of some who are here they have just begun."""
    if rng.random() > 0.15 or (end or today) - start < timedelta(days=3):
        return None
    if end is None and rng.random() < 0.6:
        return today, today + timedelta(days=1)
    away = start + timedelta(days=1)
    return away, away + timedelta(days=rng.randint(1, 2))


STAY = (
    "id", "workspace_id", "ref", "recorded_on", "client_id", "person_id", "bed_id", "checked_in_on", "checked_out_on",
    "reason_id",
)  # fmt: skip
LEAVE = ("workspace_id", "stay_id", "left_on", "back_on")


def stay_rows(stays: list[Stay], first: int) -> Iterator[tuple]:
    for stay in sorted(stays, key=lambda stay: stay.pk):
        file = stay.file
        yield (
            first - 1 + stay.pk, file.site.pk, f"{stay.checked_in_on.year}-{stay.pk}", stay.checked_in_on, file.pk,
            file.identity, stay.bed, stay.checked_in_on, stay.checked_out_on, stay.reason,
        )  # fmt: skip


def leave_rows(stays: list[Stay], first: int) -> Iterator[tuple]:
    for stay in stays:
        if stay.leave:
            yield stay.file.site.pk, first - 1 + stay.pk, *stay.leave
