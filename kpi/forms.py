from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class AsOfForm(forms.Form):
    """The day up to which a year is counted."""

    as_of = forms.DateField(
        label=gettext_lazy("As of"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Write the day as year, month and day: 2025-12-31.")},
    )

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
