"""Forms of a contract and of a workplace."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from cases.forms import RefusableForm, no_hidden_signs
from cases.models import Client, Employer
from cases.models.employment import check_business_number
from cases.models.keys import digits_of
from centers.models import Municipality

FIELD_OF = {
    "employment_once_a_day": "starts_on",
    "employment_ends_after_it_starts": "ended_on",
    "not_in_the_future": "ended_on",
    "employer_once_by_number": "business_number",
}
MOST_PAY = 10**12


def _text(label: str, longest: int, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, validators=[no_hidden_signs], **options)


class EmployerForm(RefusableForm):
    """A workplace: its name, and what tells it from others."""

    field_of = FIELD_OF
    name = _text(_("Name of the workplace"), 100)
    business_number = _text(_("Business registration number"), 14, help_text=_("Ten digits, as 123-45-67890."))
    representative = _text(_("Representative"), 100)
    phone = _text(_("Telephone of the workplace"), 40)
    municipality = forms.ModelChoiceField(
        label=_("Municipality of the workplace"), queryset=Municipality.objects.all(), required=False, empty_label="—"
    )
    address = _text(_("Address of the workplace"), 200)
    industry = _text(_("Industry"), 100)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].required = type(self) is EmployerForm

    def clean_business_number(self) -> str:
        typed = self.cleaned_data["business_number"]
        number = digits_of(typed)
        if typed:
            check_business_number(number)
        return number

    @property
    def told_of_employer(self) -> dict:
        return {name: self.cleaned_data[name] for name in EmployerForm.base_fields}


class ContractForm(RefusableForm):
    """The days and the pay of one contract."""

    field_of = FIELD_OF
    position = _text(_("Work done"), 100)
    yearly_pay = forms.IntegerField(
        label=_("Pay of a year (won)"), required=False, min_value=0, max_value=MOST_PAY,
        help_text=_("As the contract says it, before taxes."),
    )  # fmt: skip
    starts_on = DayField(_("Works from"), help_text=_("A renewed contract is entered as a further one."))
    contract_to = DayField(_("Contract until"), required=False, help_text=_("Empty where no end is agreed."))
    ended_on = DayField(_("Last day at work"), required=False, help_text=_("Only when the work has ended."))

    def clean(self) -> dict:
        told = super().clean()
        begun = told.get("starts_on")
        for name in ("contract_to", "ended_on"):
            if begun and told.get(name) and told[name] < begun:
                self.add_error(name, _("Work ends on or after the day on which it begins."))
        return told

    @property
    def told(self) -> dict:
        return {name: self.cleaned_data[name] for name in ContractForm.base_fields}


class EmploymentForm(ContractForm, EmployerForm):
    """A contract with a workplace that is on file, or with one that is entered here."""

    employer = forms.ModelChoiceField(
        label=_("Workplace on file"), queryset=Employer.objects.none(), required=False, empty_label="—",
        help_text=_("If it is not there, fill in the new workplace below."),
    )  # fmt: skip
    OF_EMPLOYER = tuple(EmployerForm.base_fields)

    def __init__(self, *args, client: Client, viewer, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Employer.objects.visible_to(viewer).filter(workspace=client.workspace_id)
        self.fields["employer"].queryset = rows.order_by("name", "pk")

    @property
    def contract_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ContractForm.base_fields]

    @property
    def new_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.OF_EMPLOYER]

    def clean(self) -> dict:
        told = super().clean()
        new = any(told.get(name) for name in self.OF_EMPLOYER)
        if told.get("employer") and new:
            self.add_error("employer", _("Choose a workplace on file or fill in a new one, not both."))
        elif not told.get("employer") and not told.get("name") and not self.has_error("employer"):
            self.add_error("name", _("Choose a workplace on file, or write the name of a new one."))
        return told
