from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import Action
from audit.services import record
from kpi.models import Indicator, ManualFigure
from kpi.models.indicator import ENTERED
from kpi.sheet import plan_years


@transaction.atomic
def enter_figure(*, indicator: Indicator, year: int, value: int, evidence: str, actor: User) -> ManualFigure:
    """Enter the result of an indicator that no record carries. It holds from now on; earlier entries stay.

    Raises ValidationError for an indicator that is counted, a year the plan does not have or that has not begun,
    a value that is no whole number from zero, and an entry without evidence.
    """
    if not indicator.rules.filter(default=True, reading=ENTERED).exists():
        raise ValidationError(_("This indicator is counted from records, so nothing is entered."), code="counted")
    if year not in plan_years() or year > timezone.localdate().year:
        raise ValidationError(_("%(year)s is no year of the plan, or has not begun.") % {"year": year}, code="year")
    if value != int(value):
        raise ValidationError({"value": _("A result is a whole number, zero or more.")}, code="whole")
    entry = ManualFigure(indicator=indicator, year=year, value=value, evidence=evidence.strip(), entered_by=actor)
    entry.full_clean()
    entry.save()
    record(Action.FIGURE_ENTERED, actor=actor, target=entry, indicator=indicator.code, year=year, value=int(value))
    return entry
