"""The form of a self-assessment: a line of the table of points, a row of the form."""

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms import RefusableForm, no_hidden_signs
from visas.models import PointItem
from visas.models.points import MOST_POINTS
from visas.points import Line, PointSheet


class PointsForm(RefusableForm):
    """All lines of a table. A line that was left empty and never entered stays open."""

    def __init__(self, *args, sheet: PointSheet, **kwargs):
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        for line in sheet.lines:
            self.fields[f"points_{line.item.pk}"] = _points_field(line)
            self.fields[f"evidence_{line.item.pk}"] = forms.CharField(
                label=gettext_lazy("Evidence"), max_length=200, required=False, validators=[no_hidden_signs],
                initial=line.entered.evidence if line.entered else "",
            )  # fmt: skip

    def rows(self) -> Iterator[tuple[Line, forms.BoundField, forms.BoundField]]:
        for line in self.sheet.lines:
            yield line, self[f"points_{line.item.pk}"], self[f"evidence_{line.item.pk}"]

    def clean(self) -> dict:
        told = super().clean()
        for line in self.sheet.lines:
            name = f"points_{line.item.pk}"
            if line.entered and told.get(name) in (None, "") and not self.has_error(name):
                self.add_error(name, _("A line that was entered stays: write 0 where it gives no points."))
        return told

    @property
    def changed(self) -> dict[PointItem, tuple[int, str]]:
        """The lines that say something else than is on record."""
        found = {}
        for line in self.sheet.lines:
            points = self.cleaned_data.get(f"points_{line.item.pk}")
            if points in (None, ""):
                continue
            told = int(points), self.cleaned_data[f"evidence_{line.item.pk}"]
            if line.entered is None or told != (line.entered.points, line.entered.evidence):
                found[line.item] = told
        return found


def _points_field(line: Line) -> forms.Field:
    """The points of a line: none or those that the table gives; any number where the table has none."""
    item, initial = line.item, line.entered.points if line.entered else None
    told = [_("Source: %(source)s") % {"source": item.source}]
    if item.at_least is not None:
        told.insert(0, _("At least %(number)d points.") % {"number": item.at_least})
    if not item.given:
        told.insert(0, _("No number in the table yet."))
        return forms.IntegerField(
            label=item.text_ko, required=False, min_value=-MOST_POINTS, max_value=MOST_POINTS, initial=initial,
            help_text=" ".join(told),
        )  # fmt: skip
    given = [(str(points), f"{points} · {wording}" if wording else str(points)) for points, wording in item.given]
    choices = [("", "—"), ("0", "0"), *given]
    return forms.ChoiceField(
        label=item.text_ko, required=False, choices=choices, initial=initial, help_text=" ".join(told)
    )
