"""Forms on a university: its periods and its majors, which the province enters."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from centers.models import Degree, Standing
from visas.forms.quota import DayForm
from visas.forms.student import text


class OnForm(DayForm):
    """The day for which universities are shown: how a student stood on it, by all that is known now."""

    then = None
    as_then = False


class PeriodForm(forms.Form):
    """From when to when a university takes part, or is restricted, and where it stands."""

    standing = forms.ChoiceField(label=_("Standing"), choices=Standing.choices, widget=forms.RadioSelect)
    starts_on = DayField(_("From"))
    ends_on = DayField(_("Up to and with"), required=False, help_text=_("Leave it empty while the end is not known."))
    document = text(_("Document number"), 60, required=False)
    source = text(_("Source"), 300, help_text=_("The notice or letter in which it stands."))


class PeriodEndForm(forms.Form):
    ends_on = DayField(_("Up to and with"), required=False, help_text=_("Leave it empty while the end is not known."))


class MajorForm(forms.Form):
    """A major that takes part, and to which degree it leads."""

    name = text(_("Major"), 100, help_text=_("As the university writes it: the semester list names it so."))
    degree = forms.ChoiceField(label=_("Degree"), choices=Degree.choices)
    industry = text(_("Key industry"), 100, required=False)
    offered_from = DayField(_("Offered from"))
    offered_to = DayField(_("Offered until"), required=False)
    source = text(_("Source"), 300, required=False)
