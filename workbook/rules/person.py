from django.utils.translation import gettext as _

from workbook.rules import Check
from workbook.sheets import PEOPLE


def check(check: Check) -> None:
    for row in check.batch.sound(PEOPLE):
        born, recorded = row["birth_date"], row["first_recorded_on"]
        if born and recorded and recorded < born:
            check.batch.warn(
                row, "first_recorded_on", _("This day lies before the birth of the person: check both days.")
            )
