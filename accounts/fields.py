"""Fields that forms of every app ask by."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.utils import flatatt
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
WRONG_DAY = _("Write the day as year, month and day: 2025-12-31.")


class PlainInput(forms.DateInput):
    """One line to type in, drawn without a template."""

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        written = {"type": self.input_type, **self.build_attrs(self.attrs, attrs), "name": name}
        text = self.format_value(value)
        if text not in (None, ""):
            written["value"] = text
        return mark_safe(f"<input{flatatt(written)}>")  # noqa: S308  (flatatt escapes each attribute)


class DayField(forms.DateField):
    """A day as year, month and day, as a browser sends it; the bounds keep a slip of the year out."""

    def __init__(self, label: str, *, required: bool = True, **options):
        super().__init__(
            label=label,
            required=required,
            input_formats=["%Y-%m-%d"],
            widget=PlainInput(format="%Y-%m-%d", attrs={"type": "date", "placeholder": "2025-12-31"}),
            validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
            error_messages={"required": WRONG_DAY, "invalid": WRONG_DAY},
            **options,
        )
