"""Forms of what a student may do and has reached beside the studies."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from cases.forms import term
from visas.forms.student import PastDaysForm, text
from visas.models import KoreanTest, StudyPermitKind


class PermitForm(PastDaysForm):
    """Leave to work or to be an intern. The days may lie ahead: it is given before it begins."""

    kind = term(StudyPermitKind, _("Kind of permission"), required=True)
    place = text(_("Workplace"), 100)
    starts_on = DayField(_("From"))
    ends_on = DayField(_("Up to and with"))
    hours = forms.IntegerField(
        label=_("Hours a week"), min_value=1, max_value=168, required=False,
        help_text=_("Needed where the kind has a limit; all permissions of a day count together."),
    )  # fmt: skip
    document = text(_("Document number"), 60, required=False)


class KoreanForm(PastDaysForm):
    """A level that was passed, or a stage of KIIP that is attended."""

    test = forms.ChoiceField(label=_("Test or programme"), choices=KoreanTest)
    level = forms.IntegerField(label=_("Level or stage"), min_value=0, max_value=6)
    passed = forms.TypedChoiceField(
        label=_("Passed or attending"),
        choices=[("yes", _("Passed")), ("no", _("Attending (KIIP)"))],
        coerce=lambda value: value == "yes",
        initial="yes",
    )
    held_on = DayField(_("Day"), help_text=_("Of the result, or on which the stage began."))
    document = text(_("Document number"), 60, required=False)
    days = ("held_on",)
