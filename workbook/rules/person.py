"""People: what their own rows say, and what follows from it for the rows that refer to them."""

from datetime import date

from django.utils.translation import gettext as _

from cases.models import Stay
from workbook.batch import CHANGED, Row
from workbook.rules import Check
from workbook.sheets import PEOPLE


def check(check: Check) -> None:
    for row in check.batch.looked_at(PEOPLE):
        born, recorded = row["birth_date"], row["first_recorded_on"]
        if born and recorded and recorded < born:
            check.batch.warn(
                row, "first_recorded_on", _("This day lies before the birth of the person: check both days.")
            )
    _check_rooms_of_changed(check)


def warn_of_expiry(check: Check, row: Row, day: date) -> None:
    """A period of stay that had ended by the day of a row: it says what to look at, and nothing of the person."""
    person = check.people.rows.get(row["person_ref"])
    if person and person["status_expires_on"] and person["status_expires_on"] < day:
        check.batch.warn(
            row,
            "person_ref",
            _("The period of stay in the person's row needs to be confirmed: check the day it expires."),
        )


def _check_rooms_of_changed(check: Check) -> None:
    """Another sex may put a person of before into a room that is not theirs."""
    changed = {
        file.client: row
        for row in check.batch.looked_at(PEOPLE)
        if row.state == CHANGED and row["sex"] != (row.before or {}).get("sex")
        for file in check.people.files[row.ref].values()
    }
    stays = Stay.objects.filter(client__in=changed, voided_at=None).exclude(bed__room__sex_rule="either")
    for client, rule in stays.values_list("client", "bed__room__sex_rule"):
        row = changed[client]
        if "sex" not in row.unread and row["sex"] != {"men": "male", "women": "female"}[rule]:
            check.batch.error(
                row, "sex", _("The person has a stay in a room of the other sex: correct the sex, or the stay.")
            )
