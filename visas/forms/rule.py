"""Forms of the eligibility rules."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import DayField
from cases.forms import RefusableForm, no_hidden_signs
from centers.models.municipality import Decline
from visas.eligibility import as_day
from visas.models import EligibilityRule, FactKind, VisaProgramme

FIELD_OF = {
    "eligibility_rule_once_a_day": "valid_from",
    "eligibility_rule_ends_after_it_starts": "valid_to",
    "eligibility_rule_has_a_source": "source",
    "eligibility_rule_named_where_its_kind_is_general": "label",
}
MOST = 10**12


def _text(label: str, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, validators=[no_hidden_signs], **options)


class RuleForm(RefusableForm):
    """One condition of a programme with its days, its number and where it stands."""

    field_of = FIELD_OF

    programme = forms.ModelChoiceField(label=gettext_lazy("Visa programme"), queryset=VisaProgramme.objects.all())
    kind = forms.ChoiceField(label=gettext_lazy("Condition"), choices=FactKind.choices)
    label = forms.CharField(
        label=gettext_lazy("Name of the condition"), required=False, max_length=60, validators=[no_hidden_signs],
        help_text=gettext_lazy("Only of a condition that is confirmed by hand, a number, or a day."),
    )  # fmt: skip
    valid_from = DayField(
        gettext_lazy("Holds from"), help_text=gettext_lazy("For those whose case is received from this day on.")
    )
    valid_to = DayField(gettext_lazy("Holds until"), required=False)
    threshold = forms.IntegerField(
        label=gettext_lazy("Number asked"), required=False, min_value=0, max_value=MOST,
        help_text=gettext_lazy(
            "In the unit of the condition; a day as 20250131; 1 where it is confirmed by hand. Empty where none is "
            "published."
        ),
    )  # fmt: skip
    at_most = forms.BooleanField(label=gettext_lazy("At most this number"), required=False)
    area_class = forms.ChoiceField(
        label=gettext_lazy("Only in municipalities of"), required=False,
        choices=[("", "—"), *((value, label) for value, label in Decline.choices if value)],
    )  # fmt: skip
    one_of = forms.ChoiceField(
        label=gettext_lazy("Enough together with"), required=False,
        help_text=gettext_lazy("Of the conditions of one group it is enough to meet one."),
    )  # fmt: skip
    pending = forms.BooleanField(label=gettext_lazy("Also for cases that are not decided yet"), required=False)
    text_ko = _text(gettext_lazy("Wording"), widget=forms.Textarea(attrs={"rows": 2, "lang": "ko"}))
    source = _text(gettext_lazy("Source"), help_text=gettext_lazy("The paper in which it stands, with its number."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["one_of"].choices = [("", "—"), *_groups()]

    def clean(self) -> dict:
        told = super().clean()
        kind = told.get("kind") or getattr(getattr(self, "rule", None), "kind", "")
        if kind == FactKind.DATE and told.get("threshold") and as_day(told["threshold"]) is None:
            self.add_error("threshold", _("Write the day as eight digits, as 20250131."))
        return told

    @property
    def told(self) -> dict:
        return {name: self.cleaned_data[name] for name in RuleForm.base_fields}


class CorrectionForm(RuleForm):
    """The rule as it should have been entered, and why it was not."""

    reason = _text(gettext_lazy("Why it is corrected"))

    def __init__(self, *args, rule: EligibilityRule, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(rule, name) for name in RuleForm.base_fields} | self.initial
        for name in ("programme", "kind", "label"):
            del self.fields[name]
        self.rule = rule

    @property
    def told(self) -> dict:
        of_rule = {name: getattr(self.rule, name) for name in ("programme", "kind", "label")}
        return of_rule | {name: self.cleaned_data[name] for name in RuleForm.base_fields if name in self.fields}


class EndForm(RefusableForm):
    """The last day on which a rule holds."""

    field_of = FIELD_OF

    valid_to = DayField(
        gettext_lazy("Holds until"),
        help_text=gettext_lazy("Who was received until this day is still judged by it."),
    )


def _groups() -> list[tuple[str, str]]:
    """The groups of conditions of which one is enough, by what is in them."""
    names = dict(FactKind.choices)
    groups: dict[tuple[str, str], list[str]] = {}
    rows = EligibilityRule.objects.standing().exclude(one_of="").order_by("programme_id", "one_of", "kind")
    for programme, group, kind in rows.values_list("programme_id", "one_of", "kind").distinct():
        groups.setdefault((programme, group), []).append(str(names[kind]))
    return [(group, f"{programme}: {' / '.join(kinds)}") for (programme, group), kinds in groups.items()]
