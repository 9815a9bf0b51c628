"""Forms by which the province opens a quota and names it."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import DayField
from cases.forms import RefusableForm, no_hidden_signs
from visas.forms.quota import MOST
from visas.models import QuotaPool, VisaProgramme

NAMES = ("name_ko", "name_en", "name_vi", "name_zh_hans")


def _text(label: str, longest: int = 200, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, validators=[no_hidden_signs], **options)


class NamesForm(RefusableForm):
    """What a quota is called, and the document that says so."""

    name_ko = _text(gettext_lazy("Name in Korean"), widget=forms.TextInput(attrs={"lang": "ko"}))
    name_en = _text(
        gettext_lazy("Name in English"), required=False, widget=forms.TextInput(attrs={"lang": "en"}),
        help_text=gettext_lazy("Where it is empty the Korean name is shown."),
    )  # fmt: skip
    name_vi = _text(gettext_lazy("Name in Vietnamese"), required=False, widget=forms.TextInput(attrs={"lang": "vi"}))
    name_zh_hans = _text(
        gettext_lazy("Name in Chinese"), required=False, widget=forms.TextInput(attrs={"lang": "zh-Hans"})
    )
    document = _text(gettext_lazy("Document number"), 100)
    source = _text(gettext_lazy("Ground"), 300, required=False, widget=forms.Textarea(attrs={"rows": 2, "lang": "ko"}))

    @property
    def names(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in NAMES}


class RenameForm(NamesForm):
    def __init__(self, *args, pool: QuotaPool, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(pool, name) for name in NAMES} | self.initial

    @property
    def told(self) -> dict:
        return {"names": self.names, "document": self.cleaned_data["document"], "source": self.cleaned_data["source"]}


class OpeningForm(NamesForm):
    """A quota that begins: who shares it, for how long, and whether its number is known."""

    field_of = {
        "quota_once_a_day": "programmes", "quota_notice_says_what_it_opens": "ends_on", "quota_not_exceeded": "amount",
    }  # fmt: skip

    programmes = forms.MultipleChoiceField(
        label=gettext_lazy("Programmes that share it"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("In brackets the step at which a case takes its place, by the rule of the programme."),
        error_messages={"required": gettext_lazy("Choose at least one programme.")},
    )  # fmt: skip
    starts_on = DayField(gettext_lazy("First day"))
    ends_on = DayField(gettext_lazy("Last day of the period"))
    amount = forms.IntegerField(
        label=gettext_lazy("Places, if the number is known"), min_value=1, max_value=MOST, required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy(
            "Leave it empty until the ministry has said it: the quota then shows that its number is not entered."
        ),
    )  # fmt: skip
    field_order = ["programmes", "starts_on", "ends_on", "amount", *NAMES, "document", "source"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programmes"].choices = [
            (row.pk, f"{row} ({row.get_seat_taken_at_display()})") for row in VisaProgramme.objects.all()
        ]

    def clean(self) -> dict:
        found = super().clean()
        first, last = found.get("starts_on"), found.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        return found

    @property
    def told(self) -> dict:
        plain = ("programmes", "starts_on", "ends_on", "amount", "document", "source")
        return {name: self.cleaned_data[name] for name in plain} | {"names": self.names}
