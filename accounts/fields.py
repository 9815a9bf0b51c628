"""Fields that forms of every app ask by."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from html import escape

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.utils import flatatt
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from accounts.unseen import bare

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


class PlainSelect(forms.Select):
    """A choice among many codes, drawn without a template: 250 countries took as long as half of the page."""

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each choice as code and label."""
        return tuple((str(code), str(label)) for code, label in self.choices)

    def options(self) -> str:
        """All of them as HTML, none chosen."""
        return _options(self.pairs())

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        options = marked(self.options(), self.format_value(value), "selected")
        attributes = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return mark_safe(f"<select{attributes}>{options}</select>")  # noqa: S308  (codes and labels are escaped)


def marked(drawn: str, chosen: Iterable[str], word: str) -> str:
    """Choices that were drawn once for everybody, with a word at those that were chosen."""
    for code in chosen:
        drawn = drawn.replace(f'value="{escape(code)}"', f'value="{escape(code)}" {word}', 1)
    return drawn


@lru_cache(maxsize=128)
def _options(choices: tuple[tuple[str, str], ...]) -> str:
    """The choices as HTML; a code set is written once a language, and not for every reader again."""
    return "".join(f'<option value="{escape(code)}">{escape(label)}</option>' for code, label in choices)


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

    def to_python(self, value) -> date | None:
        """A day that was pasted with signs that nobody sees is the day."""
        return super().to_python(bare(value) if isinstance(value, str) else value)
