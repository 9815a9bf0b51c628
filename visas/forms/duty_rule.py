"""Forms of the rules of duties."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from cases.forms import RefusableForm, no_hidden_signs, term
from cases.models import StatusCode
from visas.forms.rule import EndForm
from visas.models import Duty, ObligationRule, VisaProgramme


def _number(label: str, **options) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=600, **options)


class DutyRuleForm(RefusableForm):
    """One duty of a programme with its days and where it stands."""

    field_of = {
        "obligation_rule_once": "valid_from", "obligation_rule_in_order": "valid_to", "obligation_rule_ends": "months",
        "obligation_rule_has_a_source": "source", "obligation_rule_checked_at_times": "check_every",
    }  # fmt: skip

    programme = forms.ModelChoiceField(label=_("Visa programme"), queryset=VisaProgramme.objects.all())
    kind = forms.ChoiceField(label=_("Duty"), choices=Duty.choices)
    status = term(StatusCode, _("Of dependants with the status"))
    valid_from = DayField(_("Holds from"), help_text=_("For those whose permit is of this day or later."))
    valid_to = DayField(_("Holds until"), required=False)
    months = _number(_("Runs for (months)"), help_text=_("From the permit. Empty where it runs up to a fixed day."))
    until = DayField(_("Runs up to and with"), required=False)
    check_every = _number(_("Checked every (months)"), help_text=_("Empty where it is checked at its end alone."))
    days_ahead = forms.IntegerField(
        label=_("Checked at most so many days ahead"), required=False, min_value=0, max_value=600, initial=30,
        help_text=_("Empty where any day of the duty will do. A change of contract is looked at within so many days."),
    )  # fmt: skip
    text_ko = forms.CharField(
        label=_("Wording"), max_length=300, validators=[no_hidden_signs],
        widget=forms.Textarea(attrs={"rows": 2, "lang": "ko"}),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Source"), max_length=300, validators=[no_hidden_signs],
        help_text=_("The paper in which it stands, with its number."),
    )  # fmt: skip

    def clean(self) -> dict:
        told = super().clean()
        if not self.errors and (told["months"] is None) == (told["until"] is None):
            self.add_error("months", _("Say how many months it runs, or up to which day: one of the two."))
        return told

    @property
    def told(self) -> dict:
        return {name: self.cleaned_data[name] for name in DutyRuleForm.base_fields}


class DutyCorrectionForm(DutyRuleForm):
    """The rule as it should have been entered, and why it was not."""

    reason = forms.CharField(label=_("Why it is corrected"), max_length=300, validators=[no_hidden_signs])

    def __init__(self, *args, rule: ObligationRule, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(rule, name) for name in DutyRuleForm.base_fields} | self.initial
        self.rule = rule
        for name in ("programme", "kind", "status"):
            del self.fields[name]

    @property
    def told(self) -> dict:
        of_rule = {name: getattr(self.rule, name) for name in ("programme", "kind", "status")}
        return of_rule | {name: self.cleaned_data[name] for name in DutyRuleForm.base_fields if name in self.fields}


class DutyEndForm(EndForm):
    """The last day on which a rule of a duty holds."""

    field_of = DutyRuleForm.field_of

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["valid_to"].help_text = _("Whose permit is of this day or earlier still keeps it.")
