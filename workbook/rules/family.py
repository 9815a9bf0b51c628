"""Dependants: where they hang, and that they settle only behind a permit."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from cases.models import FamilyLink
from visas.models import VisaCase
from workbook.batch import CHANGED, Row
from workbook.identity import REFERRING
from workbook.rules import Check
from workbook.sheets import DEPENDANTS, PEOPLE, VISA_CASES

ADULT = 19  # years; 민법 제4조


class Permit(NamedTuple):
    """A visa case of a principal, and from when to when its permit runs."""

    granted: date | None
    received: date
    workspace: int
    gone: date | None

    def covers(self, day: date) -> bool:
        return bool(self.granted) and self.granted <= day <= (self.gone or date.max)


def check(check: Check) -> None:
    people = check.people.rows
    rows = [row for row in check.batch.rows[DEPENDANTS] if row["ref"] in people and row["principal_ref"] in people]
    cases = _cases_of(check, {check.people.rows[row["principal_ref"]].person for row in rows})
    _place(check, rows, cases)
    _check_permits_kept(check)
    seen: dict[tuple, Row] = {}
    for row in rows:
        if row.counts:
            _check_row(check, row, cases)
        principal = check.people.rows[row["principal_ref"]]
        first = seen.setdefault((row.workspace, principal.person, row.person), row)
        if first is not row and row.counts:
            check.batch.error(
                row,
                "ref",
                _("Row %d already has this person as a dependant of this principal: keep one of the two rows.")
                % first.line,
            )


def _check_permits_kept(check: Check) -> None:
    """A changed case may not take away the permit on which a dependant of before has settled."""
    changed = {row.person: row for row in check.batch.looked_at(VISA_CASES, "received_on") if row.state == CHANGED}
    replaced = [row.record_id for row in check.batch.rows[DEPENDANTS] if row.record_id and row.counts]
    cases = _cases_of(check, set(changed))
    links = FamilyLink.objects.filter(household__principal_person__in=changed).exclude(settled_on=None)
    for person, settled in links.exclude(pk__in=replaced).values_list("household__principal_person", "settled_on"):
        if not any(case.granted and case.granted <= settled for case in cases[person]):
            check.batch.error(
                changed[person],
                "granted_on",
                _("A dependant settled on %s under this permit: correct the permit, or the dependant's row.")
                % settled,
            )


def _cases_of(check: Check, persons: set[int]) -> dict[int, list[Permit]]:
    """The visa cases of each principal, of this file and of before."""
    cases = defaultdict(list)
    replaced = set()
    for row in check.batch.rows[VISA_CASES]:
        if row.workspace and row.has("received_on"):
            # A permit that cannot be read may be there.
            granted = date.min if "granted_on" in row.unread else row["granted_on"]
            cases[row.person].append(Permit(granted, row["received_on"], row.workspace, row["left_on"]))
            replaced.add(row.record_id)
    known = VisaCase.objects.filter(person_id__in=[person for person in persons if person > 0])
    for case in known.exclude(pk__in=replaced - {None}):
        gone = min(filter(None, (case.left_on, case.cancelled_on, case.moved_on)), default=None)
        cases[case.person_id].append(Permit(case.granted_on, case.received_on, case.workspace_id, gone))
    return cases


def _place(check: Check, rows: list[Row], cases) -> None:
    """Each row hangs where the principal has the earliest permit, else the latest reception, else their file."""
    recorded = dict(
        FamilyLink.objects.filter(pk__in=[row.record_id for row in rows if row.record_id]).values_list(
            "pk", "workspace_id"
        )
    )
    for row in rows:
        if row.record_id in recorded:
            row.workspace = recorded[row.record_id]
        elif check.known.workspace is None:
            principal = check.people.rows[row["principal_ref"]]
            row.workspace = _place_of_cases(cases[principal.person]) or _place_of_file(check, principal)


def _place_of_cases(cases: list[Permit]) -> int | None:
    permits = [case for case in cases if case.granted]
    if permits:
        return min(permits, key=lambda case: (case.granted, case.workspace)).workspace
    return max(cases, key=lambda case: (case.received, case.workspace)).workspace if cases else None


def _place_of_file(check: Check, principal: Row) -> int:
    """Where the principal's file is: one opened before, else one that this file opens, else at home."""
    opened = check.people.files[principal.ref]
    if opened:
        return next(iter(opened))
    for sheet in REFERRING:
        for row in check.batch.rows[sheet]:
            if row["person_ref"] == principal.ref and row.workspace:
                return row.workspace
    return check.known.home_of(principal["municipality"])


def _check_row(check: Check, row: Row, cases) -> None:
    principal, person = check.people.rows[row["principal_ref"]], check.people.rows[row["ref"]]
    settled, entered = row["settled_on"], row["entered_on"]
    if entered and settled and settled < entered:
        check.batch.error(
            row,
            "settled_on",
            _("A dependant settles on or after the day of entry (%s): correct one of the two days.") % entered,
        )
    if settled and not any(case.covers(settled) for case in cases[principal.person]):
        check.batch.error(row, "settled_on", _why_not(settled, cases[principal.person]))
    _warn(check, row, principal, person)


def _why_not(settled: date, cases: list[Permit]) -> str:
    if any(case.granted and case.granted <= settled for case in cases):
        return _("The principal's permit had ended by this day: check the day of settlement.")
    return _("The principal has no permit on or before this day: check the day of the permit.")


def _warn(check: Check, row: Row, principal: Row, person: Row) -> None:
    homes = {one["municipality"] for one in (principal, person) if one["municipality"]}
    if len(homes) > 1:
        check.batch.warn(
            row, "ref", _("The dependant lives in another municipality than the principal: check both addresses.")
        )
    if row["status"] and person["status"] and row["status"] != person["status"]:
        check.batch.warn(
            row,
            "status",
            _("The person's own row says otherwise (%s): check which one holds.")
            % check.batch.as_written(PEOPLE, "status", person["status"]),
        )
    if not _age_fits(
        row["relation"], principal["birth_date"], person["birth_date"], row["entered_on"] or check.known.today
    ):
        check.batch.warn(
            row,
            "relation",
            _("The age does not fit this relation to the principal: check the birth date and the relation."),
        )


def _age_fits(relation: str, principal_born: date | None, born: date | None, day: date) -> bool:
    if born is None:
        return True
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    if relation == "child":
        return age < ADULT and (principal_born is None or born > principal_born)
    if relation == "parent":
        return principal_born is None or born < principal_born
    return relation != "spouse" or age >= 18
