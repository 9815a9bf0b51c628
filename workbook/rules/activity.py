"""Activities of support programmes."""

from django.utils.translation import gettext as _

from workbook.rules import Check
from workbook.sheets import ACTIVITIES


def check(check: Check) -> None:
    for row in check.batch.looked_at(ACTIVITIES, "held_on"):
        center = check.known.workspaces[row.workspace]
        if center.weekdays and row["held_on"].isoweekday() not in center.weekdays:
            check.batch.warn(row, "held_on", _("The centre is not open on this day of the week: check the day."))
