"""Forms of the ledger of the quotas."""

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import DayField
from centers.listing.filters import CodeField, Codes
from centers.models import Municipality, Workspace, WorkspaceKind
from visas.models import EntryKind, QuotaPool, VisaCase
from visas.quotas import shares_of, with_home

MOST = 1_000_000
REST = "rest"  # what no share has
ENTERED = (EntryKind.GRANT, EntryKind.SUPPLEMENT, EntryKind.RETURN)


def _places(label: str, least: int = 1) -> forms.IntegerField:
    wrong = gettext_lazy("Write the number of places as a whole number.")
    return forms.IntegerField(
        label=label, min_value=least, max_value=MOST, widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": wrong, "invalid": wrong, "min_value": wrong, "max_value": wrong},
    )  # fmt: skip


def _reason() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why.")},
    )  # fmt: skip


class DayForm(forms.Form):
    """The day for which quotas are shown, today or an earlier one, and by what was known when."""

    on = DayField(gettext_lazy("As of"), required=False)
    then = forms.ChoiceField(
        label=gettext_lazy("Known when"), required=False,
        choices=[
            ("", gettext_lazy("All that is known now")), ("1", gettext_lazy("As it was known on that day")),
        ],
    )  # fmt: skip

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(
                _("The day lies in the future: choose today or an earlier one."), code="future"
            )
        return day

    @property
    def day(self):
        """The day chosen, else today."""
        return (self.is_valid() and self.cleaned_data["on"]) or timezone.localdate()

    @property
    def as_then(self) -> bool:
        """Whether it is shown as it was known on the day, and not with what was entered since."""
        return self.is_valid() and bool(self.cleaned_data["then"])

    @property
    def asked(self) -> dict[str, str]:
        """The day and the basis as they stand in an address."""
        return {"on": f"{self.day}"} | self.basis

    @property
    def basis(self) -> dict[str, str]:
        return {"then": "1"} if self.as_then else {}

    @property
    def of_cases(self) -> dict[str, str]:
        """The same as the list of cases has it; of today, that is nothing."""
        today = self.day == timezone.localdate() and not self.as_then
        return {} if today else {"on": f"{self.day}", **self.known}

    @property
    def known(self) -> dict[str, str]:
        return {"known": f"{self.day}"} if self.as_then else {}


class BoardForm(DayForm):
    """The day, and whose cases are shown: those of a university, or of who lives in a municipality."""

    university = forms.ModelChoiceField(
        Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY), label=gettext_lazy("University"), required=False,
        to_field_name="code", empty_label=gettext_lazy("All"),
    )  # fmt: skip
    municipality = forms.ModelChoiceField(
        Municipality.objects.all(), label=gettext_lazy("Municipality of residence"), required=False,
        empty_label=gettext_lazy("All"),
    )  # fmt: skip

    def clean(self) -> dict:
        told = super().clean()
        if told.get("then") and told.get("municipality"):
            self.add_error("then", _("By municipality the quotas are shown with all that is known now: choose that."))
        return told

    @property
    def narrowing(self) -> dict[str, str]:
        """The filters of the list of cases that it is narrowed by."""
        chosen = self.cleaned_data if self.is_valid() else {}
        found = {"workspace": chosen.get("university"), "home": chosen.get("municipality")}
        return {name: value.code for name, value in found.items() if value}

    @property
    def asked(self) -> dict[str, str]:
        names = {"workspace": "university", "home": "municipality"}
        return super().asked | {names[name]: code for name, code in self.narrowing.items()}

    @property
    def of_cases(self) -> dict[str, str]:
        return super().of_cases | self.narrowing

    def narrowed(self, cases: QuerySet[VisaCase]) -> QuerySet[VisaCase]:
        """The cases that are shown, of these."""
        for name, code in self.narrowing.items():
            if name == "workspace":
                cases = cases.filter(workspace__code=code)
            else:
                cases = with_home(cases, self.day).filter(lives_in=code)
        return cases


class DocumentForm(forms.Form):
    """What every entry names."""

    document = forms.CharField(
        label=gettext_lazy("Document number"), max_length=100,
        error_messages={"required": gettext_lazy("An entry names its document.")},
    )  # fmt: skip
    effective_on = DayField(
        gettext_lazy("Effective on"), help_text=gettext_lazy("The day from which the places are there.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["effective_on"].initial = timezone.localdate()


class EntryForm(DocumentForm):
    """A grant, a supplement or a return."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[(kind.value, kind.label) for kind in ENTERED],
        error_messages={"required": gettext_lazy("Choose one of the list.")},
    )  # fmt: skip
    amount = _places(gettext_lazy("Places"))
    provisional = forms.BooleanField(
        label=gettext_lazy("Provisional"), required=False,
        help_text=gettext_lazy("The number is not settled yet. It may be used, and is shown apart until then."),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Ground"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ["kind", "amount", "document", "effective_on", "provisional", "source"]

    def clean(self) -> dict:
        found = super().clean()
        if found.get("provisional") and found.get("kind") == EntryKind.RETURN:
            self.add_error("provisional", _("What goes back to the ministry is not provisional."))
        return found


class ReallocationForm(DocumentForm):
    """Places of a quota from one of its shares, or what no share has, to another."""

    giver = forms.ChoiceField(
        label=gettext_lazy("Places come from"), error_messages={"required": gettext_lazy("Choose one of the list.")}
    )
    taker = forms.ChoiceField(
        label=gettext_lazy("Places go to"), error_messages={"required": gettext_lazy("Choose one of the list.")}
    )
    amount = _places(gettext_lazy("Places"))
    source = forms.CharField(
        label=gettext_lazy("Ground"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ["giver", "taker", "amount", "document", "effective_on", "source"]

    def __init__(self, *args, pool: QuotaPool, **kwargs):
        super().__init__(*args, **kwargs)
        places = [(REST, _("rest")), *((share.code, str(share)) for share in shares_of(pool))]
        for name in ("giver", "taker"):
            self.fields[name].choices = [("", _("Choose")), *places]

    def clean_giver(self) -> int | None:
        return _share(self.cleaned_data["giver"])

    def clean_taker(self) -> int | None:
        return _share(self.cleaned_data["taker"])


def _share(written: str) -> int | None:
    return None if written == REST else int(written)


class ConfirmationForm(DocumentForm):
    """How many of the provisional places stay."""

    amount = _places(gettext_lazy("Places that are settled"), least=0)
    field_order = ["amount", "document", "effective_on"]

    def __init__(self, *args, waiting: int, **kwargs):
        super().__init__(*args, **kwargs)
        told = _("%(number)d places are provisional. Those that are not settled go back to the ministry.")
        self.fields["amount"].help_text = told % {"number": waiting}


class ReversalForm(forms.Form):
    reason = _reason()
    effective_on = DayField(gettext_lazy("Effective on"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["effective_on"].initial = timezone.localdate()


class ClosingForm(forms.Form):
    reason = _reason()


class ShareForm(DocumentForm):
    """A part of a quota for a municipality, a university, a semester, or several of them together."""

    municipality_id = CodeField(Codes(Municipality), label=gettext_lazy("Municipality"), none=gettext_lazy("None"))
    university = forms.ModelChoiceField(
        Workspace.objects.none(), label=gettext_lazy("University"), required=False, empty_label=gettext_lazy("None")
    )
    semester = forms.CharField(label=gettext_lazy("Semester"), max_length=40, required=False)
    starts_on = DayField(gettext_lazy("First day of the semester"), required=False)
    ends_on = DayField(gettext_lazy("Last day of the semester"), required=False)
    amount = _places(gettext_lazy("Places"))
    field_order = [
        "municipality_id", "university", "semester", "starts_on", "ends_on", "amount", "document", "effective_on",
    ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["municipality_id"].load()
        self.fields["university"].queryset = Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY)

    def clean_municipality_id(self) -> str | None:
        return self.cleaned_data["municipality_id"] or None
