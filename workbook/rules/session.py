"""Counselling sessions: within the time their centre counts, in months that it has not closed."""

from django.utils.translation import gettext as _

from workbook.batch import Row
from workbook.rules import Check
from workbook.rules.person import warn_of_expiry
from workbook.sheets import PEOPLE, SESSIONS


def check(check: Check) -> None:
    for row in check.batch.looked_at(SESSIONS, "center", "held_on"):
        _check_operation(check, row)
        _warn(check, row)


def _check_operation(check: Check, row: Row) -> None:
    center, day = check.known.workspaces[row.workspace], row["held_on"]
    if center.counts_from is None:
        check.batch.error(
            row,
            "center",
            _("The centre is not in operation: check its code, or ask the province to enter its first day."),
        )
    elif day < center.counts_from:
        check.batch.error(
            row,
            "held_on",
            _("Sessions of this centre count from %s on: check the day and the centre.") % center.counts_from,
        )
    elif center.ended_on and day > center.ended_on:
        check.batch.error(
            row, "held_on", _("The centre closed on %s: check the day and the centre.") % center.ended_on
        )
    elif (row.workspace, day.replace(day=1)) in check.known.closed_months:
        check.batch.error(
            row,
            "held_on",
            _("The centre has closed this month: let its manager open it again, or log the session on the page."),
        )


def _warn(check: Check, row: Row) -> None:
    batch, center, day = check.batch, check.known.workspaces[row.workspace], row["held_on"]
    if center.weekdays and day.isoweekday() not in center.weekdays:
        batch.warn(row, "held_on", _("The centre is not open on this day of the week: check the day."))
    if row["follow_up_on"] and row["follow_up_on"] < day:
        batch.warn(row, "follow_up_on", _("The follow-up lies before the session: correct one of the two days."))
    if row["other_topics"] and row["topic"] in row["other_topics"]:
        batch.warn(row, "other_topics", _("The primary topic stands here again and is kept once."))
    if row["person_ref"]:
        _warn_of_person(check, row)


def _warn_of_person(check: Check, row: Row) -> None:
    person = check.people.rows.get(row["person_ref"])
    if person is None:
        return
    for column in ("nationality", "sex", "status"):
        if row[column] and person[column] and row[column] != person[column]:
            check.batch.warn(
                row,
                column,
                _("The person's own row says otherwise (%s): check which one holds.")
                % check.batch.as_written(PEOPLE, column, person[column]),
            )
    warn_of_expiry(check, row, row["held_on"])
