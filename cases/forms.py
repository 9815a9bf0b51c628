from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from centers.models import Workspace


class SessionFilterForm(forms.Form):
    workspace = forms.ModelChoiceField(
        label=_("Centre"), queryset=Workspace.objects.none(), required=False, to_field_name="code",
        empty_label=_("All of mine"),
        error_messages={"invalid_choice": _("This is none of your centres: choose one of the list.")},
    )  # fmt: skip
    month = forms.DateField(
        label=_("Month"), required=False, input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month", "placeholder": "2025-03"}),
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 1))],
        error_messages={"invalid": _("Write the month as year and month: 2025-03.")},
    )  # fmt: skip

    def __init__(self, *args, workspaces, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["workspace"].queryset = workspaces
