import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from centers.models import ExportFormat

SHORTEST = 4  # letters and digits of a reason, of which one is a letter: “월간 보고”


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=ExportFormat.choices, initial=ExportFormat.XLSX, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("What the file is for"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "A few words for the monthly review of who took out personal data, such as: monthly report to the city. "
            "Name no client here."
        ),
    )

    def clean_reason(self) -> str:
        reason = " ".join(self.cleaned_data["reason"].split())
        signs = re.sub(r"\W|_", "", reason)
        if len(signs) < SHORTEST or signs.isdecimal():
            raise ValidationError(_("Say in a few words what the file is for."), code="short")
        return reason
