from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import DayField


class AsOfForm(forms.Form):
    """The day up to which a year is counted."""

    as_of = DayField(gettext_lazy("As of"), required=False)

    def __init__(self, *args, year: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.year = year
        latest = min(timezone.localdate(), date(year, 12, 31))
        self.fields["as_of"].widget.attrs |= {"min": f"{year}-01-01", "max": latest.isoformat()}

    def clean_as_of(self) -> date | None:
        day = self.cleaned_data["as_of"]
        if day and day.year != self.year:
            raise forms.ValidationError(
                _("The day lies outside %(year)s: choose one of that year.") % {"year": self.year}, code="year"
            )
        if day and day > timezone.localdate():
            raise forms.ValidationError(
                _("The day lies in the future: choose today or an earlier one."), code="future"
            )
        return day


class FigureForm(forms.Form):
    """A result that no record carries, with the paper it stands in."""

    value = forms.IntegerField(
        label=gettext_lazy("Result"),
        min_value=0,
        max_value=9_999_999,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("Write the result as a whole number."),
            "invalid": gettext_lazy("A result is a whole number, zero or more."),
            "min_value": gettext_lazy("A result is a whole number, zero or more."),
        },
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        max_length=300,
        help_text=gettext_lazy("The paper it stands in: document number, title and day."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": gettext_lazy("A figure is entered with its evidence: name the paper it stands in.")
        },
    )
