"""Shelter stays: beds, nights, and who may share a room."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from cases.models import FamilyLink, Stay
from centers.models import Bed, SexRule
from workbook.batch import Row
from workbook.rules import Check
from workbook.rules.person import warn_of_expiry
from workbook.sheets import DEPENDANTS, STAYS

SEX_OF_ROOM = {SexRule.MEN: "male", SexRule.WOMEN: "female"}


@dataclass
class Nights:
    """A stay as the rules see it: of this file (``row``) or recorded before. Half-open; no end means still there."""

    bed: Bed
    person: int
    sex: str | None
    start: date
    end: date
    row: Row | None = None

    def meets(self, other: "Nights") -> bool:
        return max(self.start, other.start) < min(self.end, other.end)


def check(check: Check) -> None:
    rows = check.batch.looked_at(STAYS, "shelter", "room", "bed", "checked_in_on")
    stays = [nights for row in rows if (nights := _read(check, row)) and row.person]
    _warn_of_long_stays(check, stays)
    recorded = _recorded(check, stays)
    _refuse_overlaps(
        check, stays, recorded, "bed", lambda stay: stay.bed.pk, _("The bed is taken on at least one of these nights.")
    )
    _refuse_overlaps(
        check,
        stays,
        recorded,
        "person_ref",
        lambda stay: stay.person,
        _("The person already has a bed on at least one of these nights."),
    )
    # A stay that cannot be does not speak against its neighbours.
    _check_rooms(check, [stay for stay in stays if _fits_alone(check, stay)], recorded)


def _read(check: Check, row: Row) -> Nights | None:
    bed = check.known.beds.get((row["shelter"], row["room"], row["bed"]))
    start, end = row["checked_in_on"], row["checked_out_on"] or date.max
    person = check.people.rows.get(row["person_ref"])
    if person and "sex" in person.unread:
        return None  # told there; what follows from it is not known
    if bed is None:
        rooms = {room for shelter, room, _bed in check.known.beds if shelter == row["shelter"]}
        column = "bed" if row["room"] in rooms else "room"
        check.batch.error(row, column, _("The shelter has no such room or bed: check their names."))
    elif "checked_out_on" in row.unread:
        return None
    elif end < start:
        check.batch.error(
            row, "checked_out_on", _("Nobody leaves before they came: the check-out is before the check-in.")
        )
    elif start < bed.in_service_from or (bed.in_service_to and start != end and (end > bed.in_service_to)):
        check.batch.error(
            row, "bed", _("The bed is not in service on all of these nights: choose another one, or correct the days.")
        )
    else:
        warn_of_expiry(check, row, start)
        return Nights(bed, row.person, person and person["sex"], start, end, row)
    return None


def _fits_alone(check: Check, stay: Nights) -> bool:
    """Whether the room takes the person at all; told where it does not."""
    wanted = SEX_OF_ROOM.get(stay.bed.room.sex_rule)
    fits = wanted is None or stay.start == stay.end or stay.sex == wanted
    if not fits:
        check.batch.error(
            stay.row,
            "room",
            _("The room is for the other sex, or the person's is not known: correct the room or the sex."),
        )
    return fits


def _warn_of_long_stays(check: Check, stays: list[Nights]) -> None:
    for stay in stays:
        longest = check.known.longest_stays.get(stay.row.workspace)
        nights = (min(stay.end, check.known.today) - stay.start).days
        if longest and nights > longest:
            check.batch.warn(
                stay.row,
                "checked_in_on",
                _("%(nights)d nights are more than the shelter's longest stay of %(longest)d: check both days.")
                % {"nights": nights, "longest": longest},
            )


def _recorded(check: Check, stays: list[Nights]) -> list[Nights]:
    """Live stays of before in the same rooms or of the same people, less those that the file changes."""
    replaced = [row.record_id for row in check.batch.rows[STAYS] if row.record_id and row.counts]
    rooms = {stay.bed.room_id for stay in stays}
    persons = {stay.person for stay in stays if stay.person > 0}
    found = Stay.objects.filter(Q(bed__room__in=rooms) | Q(person_id__in=persons), voided_at=None).exclude(
        pk__in=replaced
    )
    return [
        Nights(stay.bed, stay.person_id, stay.client.sex_id, stay.checked_in_on, stay.checked_out_on or date.max)
        for stay in found.select_related("bed__room", "client")
    ]


def _refuse_overlaps(check: Check, stays, recorded, column: str, key, message: str) -> None:
    groups = defaultdict(list)
    for stay in [*recorded, *stays]:
        groups[key(stay)].append(stay)
    for group in groups.values():
        for place, stay in enumerate(group):
            other = next((one for one in group[:place] if one.meets(stay)), None) if stay.row else None
            if other:
                here = " " + _("It stands in row %d.") % other.row.line if other.row else ""
                check.batch.error(stay.row, column, message + here)


def _check_rooms(check: Check, stays: list[Nights], recorded: list[Nights]) -> None:
    """Who shares a room. A row is held against those before it, so that one bad row does not spoil the good ones."""
    heads = _heads(check, stays, recorded)
    by_room = defaultdict(list)
    for stay in recorded:
        by_room[stay.bed.room_id].append(stay)
    for stay in stays:
        neighbours = by_room[stay.bed.room_id]
        if any(other.meets(stay) and not _may_share(stay, other, heads) for other in neighbours):
            check.batch.error(
                stay.row,
                "room",
                _("On some of these nights the room holds neither one sex nor one household: choose another."),
            )
        else:
            neighbours.append(stay)


def _may_share(one: Nights, other: Nights, heads: dict[int, set[int]]) -> bool:
    same_sex = one.sex is not None and one.sex == other.sex
    return same_sex or bool(heads[one.person] & heads[other.person])


def _heads(check: Check, stays: list[Nights], recorded: list[Nights]) -> dict[int, set[int]]:
    """For each person, themselves and those they came with: who shares one is of one household."""
    heads = defaultdict(set)
    persons = {stay.person for stay in [*stays, *recorded]}
    for person in persons:
        heads[person].add(person)
    known = FamilyLink.objects.filter(person_id__in=[person for person in persons if person > 0])
    for person, head in known.values_list("person_id", "household__principal_person_id"):
        heads[person].add(head)
    for row in check.batch.rows[DEPENDANTS]:
        principal = check.people.rows.get(row["principal_ref"])
        if principal and row.person is not None:
            heads[row.person].add(principal.person)
    return heads
