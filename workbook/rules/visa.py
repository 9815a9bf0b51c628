"""Visa cases: dates in order, one live case in a period, places in a quota."""

import unicodedata
from collections import defaultdict

from django.utils.translation import gettext as _

from visas.models import LetterText, VisaCase
from visas.models.case import HOLDS, LIVE, LetterKey
from workbook.batch import Row
from workbook.rules import Check
from workbook.rules.person import warn_of_expiry
from workbook.sheets import SHEET, VISA_CASES

ENDED = ("refused_on", "withdrawn_on", "lapsed_on", "ineligible_on", "left_on")

# A date, and those it may not lie before.
NOT_BEFORE = {
    "recommended_on": ("received_on",),
    "submitted_on": ("received_on", "recommended_on"),
    "granted_on": ("received_on", "recommended_on", "submitted_on"),
    "refused_on": ("received_on", "recommended_on", "submitted_on"),
    "settled_on": ("granted_on",),
    "left_on": ("granted_on", "settled_on"),
    "ineligible_on": ("received_on",),
    "withdrawn_on": ("received_on",),
    "lapsed_on": ("received_on",),
}
# A step, and those that normally come before it.
EXPECTED_BEFORE = {
    "submitted_on": ("recommended_on",),
    "granted_on": ("recommended_on", "submitted_on"),
    "refused_on": ("recommended_on", "submitted_on"),
}


def check(check: Check) -> None:
    for row in check.batch.looked_at(VISA_CASES):
        _check_dates(check, row)
        if row.has("programme"):
            _warn(check, row)
            _warn_of_eligibility(check, row)
    _check_one_live(check)
    _check_letters(check)
    _check_quota(check)


def _check_dates(check: Check, row: Row) -> None:
    if row["granted_on"] and row["refused_on"]:
        check.batch.error(row, "refused_on", _("A case is granted or refused, not both."))
        return
    for column, before in NOT_BEFORE.items():
        message = _out_of_order(check, row, column, before)
        if not message:
            continue
        if check.historic:
            row.exceptions.add("order")
            check.batch.warn(row, column, _("Recorded as an exception: %s") % message)
        else:
            check.batch.error(row, column, message)


def _out_of_order(check: Check, row: Row, column: str, before: tuple[str, ...]) -> str:
    day = row[column]
    if day is None:
        return ""
    if "granted_on" in row.unread:
        before = tuple(other for other in before if other != "granted_on")
    elif column in {"settled_on", "left_on"} and row["granted_on"] is None:
        return _("This needs a permit (%s) on or before it: fill that cell, or clear this one.") % _header(
            check, "granted_on"
        )
    late = next((other for other in before if row[other] and row[other] > day), None)
    return (
        _("This day lies before %s: correct one of the two days.") % f"{_header(check, late)} {row[late]}"
        if late
        else ""
    )


def _header(check: Check, key: str) -> str:
    named = {column.key: column.name for column in SHEET[VISA_CASES].columns}
    return check.batch.headers[VISA_CASES].get(key, named[key])


def _warn(check: Check, row: Row) -> None:
    for column, steps in EXPECTED_BEFORE.items():
        missing = [step for step in steps if row[column] and not row[step] and step not in row.unread]
        if missing:
            names = ", ".join(_header(check, step) for step in missing)
            check.batch.warn(row, column, _("A step before this one is empty: %s. Fill it if it is known.") % names)
    programme, known = row["programme"], check.known
    areas = known.areas_on(programme, row["received_on"])
    if row["municipality"] and areas and row["municipality"] not in areas:
        check.batch.warn(
            row,
            "municipality",
            _("%s is not offered in this municipality: check the municipality and the programme.") % programme,
        )
    if row["recommended_on"] and known.pools[programme] and known.pool_on(programme, row["recommended_on"]) is None:
        check.batch.warn(
            row, "recommended_on", _("The day lies outside every quota period, so no place is taken: check the day.")
        )


def _warn_of_eligibility(check: Check, row: Row) -> None:
    """From which statuses the programme is applied for, where that is known (data of the programme)."""
    person = check.people.rows.get(row["person_ref"])
    statuses = check.known.programmes[row["programme"]].from_statuses
    if row["received_on"]:
        warn_of_expiry(check, row, row["received_on"])
    if person and person["status"] and statuses and person["status"] not in {*statuses, row["programme"]}:
        check.batch.warn(
            row,
            "person_ref",
            _("%(programme)s is applied for from %(statuses)s, and the person's row has %(status)s: check it.")
            % {"programme": row["programme"], "statuses": ", ".join(statuses), "status": person["status"]},
        )


def is_live(row: Row) -> bool:
    """Not ended, as far as the cells say: one that cannot be read may end the case."""
    return not any(row[column] or column in row.unread for column in ENDED)


def holds_a_place(check: Check, row: Row) -> bool:
    """Whether the case would hold the place that it took: nothing that it says gives it back."""
    gives_back = check.known.programmes[row["programme"]].seat_given_back_by
    return not any(row[f"{end}_on"] or f"{end}_on" in row.unread for end in gives_back)


def period_of(check: Check, row: Row) -> str:
    """The period in which there is one live case, as ``wall.place_visa_case`` sets it."""
    day = row["recommended_on"] or row["received_on"]
    return check.known.period_on(row["programme"], day, row["received_on"])


def _counts_once(person: int, programme: str, period: str) -> tuple:
    """What there is one live case of: in a quota of all that share it, else of the programme."""
    return person, programme if period.isdecimal() else "", period


def _once(check: Check, row: Row) -> list[tuple]:
    """What a row takes that there is one of: to be the live case of the period, and a place of its quota."""
    period = period_of(check, row)
    found = [_counts_once(row.person, row["programme"], period)] if is_live(row) else []
    pool = row["recommended_on"] and check.known.pool_on(row["programme"], row["recommended_on"])
    return [*found, (row.person, "", pool.pk, "place")] if pool and holds_a_place(check, row) else found


def _check_one_live(check: Check) -> None:
    rows = [row for row in check.batch.looked_at(VISA_CASES, "programme", "received_on") if row.person]
    persons = {row.person for row in rows if row.person > 0}
    replaced = {row.record_id for row in check.batch.rows[VISA_CASES] if row.record_id and row.counts}
    taken: dict[tuple, Row | None] = {}
    for case in VisaCase.objects.filter(LIVE | HOLDS, person_id__in=persons).exclude(pk__in=replaced):
        if not case.has_ended:
            taken[_counts_once(case.person_id, case.programme_id, case.period)] = None
        if case.pool_id and case.given_back_on is None:
            taken[case.person_id, "", case.pool_id, "place"] = None
    for row in rows:
        keys = _once(check, row)
        key = next((key for key in keys if key in taken), None)
        if key:
            check.batch.error(row, "person_ref", _only_one(key, taken[key]))
        else:
            taken |= dict.fromkeys(keys, row)


def _only_one(key: tuple, first: Row | None) -> str:
    told = (
        _("An earlier case of the person still holds a place of the quota %s: there is no second one in it.")
        if key[-1] == "place"
        else _("The person already has a live case of this programme in the period %s.")
    )
    return told % key[2] + (" " + _("It stands in row %d.") % first.line if first else "")


def letter_key(number: str) -> str:
    """As ``wall.letter_key`` has it."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


def _check_letters(check: Check) -> None:
    """A letter is one person's, but for the lists that carry one number for many."""
    rows = [row for row in check.batch.looked_at(VISA_CASES, "programme", "letter_number") if row["letter_number"]]
    own = set(LetterText.objects.filter(own_letter=True).values_list("programme", flat=True))
    rows = [row for row in rows if row["programme"] in own]
    numbers = {letter_key(row["letter_number"]) for row in rows}
    replaced = {row.record_id for row in check.batch.rows[VISA_CASES] if row.record_id and row.counts}
    found = VisaCase.objects.exclude(letter_number="").annotate(key=LetterKey("letter_number"))
    found = found.filter(programme__in=own, key__in=numbers).exclude(pk__in=replaced)
    taken: dict[tuple, Row | None] = dict.fromkeys(found.values_list("programme", "key"))
    for row in rows:
        key = (row["programme"], letter_key(row["letter_number"]))
        if key in taken:
            first = taken[key]
            here = " " + _("It stands in row %d.") % first.line if first else ""
            told = _("This letter number belongs to another case of this programme.")
            check.batch.error(row, "letter_number", told + here)
        else:
            taken[key] = row


def _check_quota(check: Check) -> None:
    """Places go to the earliest recommendations; who comes after the last place is refused."""
    wanted = defaultdict(list)
    for row in check.batch.looked_at(VISA_CASES, "programme", "recommended_on"):
        pool = check.known.pool_on(row["programme"], row["recommended_on"])
        if pool and holds_a_place(check, row):
            wanted[pool.pk].append(row)
    for code, rows in wanted.items():
        capacity = check.known.capacities[code]
        if capacity is None:
            continue
        pool = next(pool for pools in check.known.pools.values() for pool in pools if pool.pk == code)
        free = capacity - (pool.taken - pool.excepted) + _given_back(check, code)
        rows.sort(key=lambda row: (row["recommended_on"], row.line))
        for row in rows[max(free, 0) :]:
            _no_place_left(check, row, pool, capacity, max(free, 0))


def _given_back(check: Check, code: str) -> int:
    """Places that the cases being changed hold now."""
    changed = [row.record_id for row in check.batch.looked_at(VISA_CASES) if row.record_id]
    return VisaCase.objects.filter(HOLDS, pk__in=changed, pool_id=code, quota_exception=None).count()


def _no_place_left(check: Check, row: Row, pool, capacity: int, free: int) -> None:
    message = _("The quota %(pool)s is full: it holds %(capacity)d places and %(free)d were free for this file.") % {
        "pool": pool,
        "capacity": capacity,
        "free": free,
    }
    if check.historic:
        row.exceptions.add("quota")
        check.batch.warn(row, "recommended_on", _("Recorded as an exception: %s") % message)
    else:
        check.batch.error(row, "recommended_on", message)
