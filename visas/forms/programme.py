"""The form by which the province decides the settings of a programme."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.fields import DayField
from cases.forms import RefusableForm, no_hidden_signs
from visas.models import GivenBack, SeatTaken, VisaProgramme, WaitingOrder

LONGEST = 3650  # days
SETTINGS = (
    "seat_taken_at", "seat_given_back_by", "waiting_order", "letter_valid_days", "letter_reminder_days",
    "long_after_days",
)  # fmt: skip


def _days(label: str, *, least: int = 0, required: bool = False, help_text: str = "") -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "size": 6})
    return forms.IntegerField(
        label=label, min_value=least, max_value=LONGEST, required=required, help_text=help_text, widget=widget
    )


class ProgrammeForm(RefusableForm):
    field_of = {
        "quota_not_exceeded": "seat_taken_at", "programme_setting_in_order": "from_on", "not_in_the_future": "from_on",
    }  # fmt: skip

    seat_taken_at = forms.ChoiceField(
        label=gettext_lazy("Place taken"), choices=SeatTaken.choices, widget=forms.RadioSelect
    )
    seat_given_back_by = forms.MultipleChoiceField(
        label=gettext_lazy("Place given back by"), choices=GivenBack.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Where nothing is chosen no place comes back once it was taken."),
    )  # fmt: skip
    waiting_order = forms.ChoiceField(
        label=gettext_lazy("Order of the waiting list"), choices=WaitingOrder.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    letter_valid_days = _days(
        gettext_lazy("Days a letter is valid"), least=1,
        help_text=gettext_lazy("Proposed as the last day of a letter. Leave it empty while no notice sets it."),
    )  # fmt: skip
    letter_reminder_days = _days(gettext_lazy("Days of warning before a letter runs out"), required=True)
    long_after_days = _days(
        gettext_lazy("Days after which a case that waits is marked"), least=1,
        help_text=gettext_lazy("Leave it empty to mark none."),
    )  # fmt: skip
    from_on = DayField(
        gettext_lazy("Holds from"),
        help_text=gettext_lazy("Places are counted by it from this day on; earlier days stay as they were counted."),
    )
    document = forms.CharField(label=gettext_lazy("Document number"), max_length=100, validators=[no_hidden_signs])
    source = forms.CharField(
        label=gettext_lazy("Ground"), max_length=300, required=False, validators=[no_hidden_signs],
        widget=forms.Textarea(attrs={"rows": 2, "lang": "ko"}),
    )  # fmt: skip

    def __init__(self, *args, programme: VisaProgramme, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.initial = {name: getattr(programme, name) for name in SETTINGS} | {"from_on": today} | self.initial
        self.fields["from_on"].widget.attrs["max"] = today.isoformat()

    @property
    def told(self) -> dict:
        found = self.cleaned_data
        settings = {name: found[name] for name in SETTINGS}
        return {"told": settings} | {name: found[name] for name in ("from_on", "document", "source")}
