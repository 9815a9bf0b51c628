import re
from datetime import date

from django import forms
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from audit.models import RIGHTS, Action
from audit.selectors import LOOKED_AT
from audit.words import KINDS

FILE = re.compile(r"(?:[A-Za-z0-9-]{1,20}\s*·\s*)?(?P<number>\d{1,18})")
# What of the record of changes belongs together.
CHANGES = {
    "rights": (_("Roles and accounts"), RIGHTS),
    "signs": (
        _("Signing in and out"),
        (Action.SIGNED_IN, Action.SIGNED_OUT, Action.SIGN_IN_FAILED, Action.PASSWORD_CHOSEN),
    ),
    "province": (_("Worked on the whole province"), (Action.PROVINCE_ENTERED,)),
    "files": (_("Imports"), (Action.WORKBOOK_IMPORTED,)),
    "exports": (_("Exports"), (Action.LIST_EXPORTED, Action.FILE_DOWNLOADED)),
    "figures": (_("Figures"), (Action.FIGURE_ENTERED,)),
    "identities": (
        _("Identities and files"),
        (Action.PERSONS_JOINED, Action.PERSONS_PARTED, Action.CLIENTS_MERGED, Action.CLIENTS_PARTED),
    ),
}


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the day as year, month and day: 2025-12-31.")},
    )  # fmt: skip


def _choice(label: str, choices: list, empty: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=[("", empty), *choices],
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )  # fmt: skip


class LogFilterForm(forms.Form):
    """What a log is narrowed to: days in Seoul, a member of staff and a workspace, where there are several."""

    def __init__(self, *args, staff: QuerySet, workspaces: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = {"from": _day(_("From")), "to": _day(_("To"))}
        if staff.exists():
            chosen["user"] = forms.ModelChoiceField(
                label=_("Member of staff"), queryset=staff, required=False, empty_label=_("Everybody"),
                error_messages={"invalid_choice": _("Choose one of the list.")},
            )  # fmt: skip
        if workspaces.exists():
            chosen["workspace"] = forms.ModelChoiceField(
                label=_("Workspace"), queryset=workspaces, required=False, empty_label=_("All"),
                error_messages={"invalid_choice": _("Choose one of the list.")},
            )  # fmt: skip
        self.fields = chosen | self.fields

    def clean(self):
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first and last and last < first:
            self.add_error("to", _("The last day lies before the first."))

    @property
    def chosen(self) -> dict:
        """What was chosen and understood; nothing of a field that says what is wrong with it."""
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}

    @property
    def kept(self) -> dict[str, str]:
        """The same as it stands in an address."""
        return {name: str(getattr(value, "pk", value)) for name, value in self.chosen.items()}


class AccessFilterForm(LogFilterForm):
    page = _choice(_("Page"), [(kind, words) for kind, (words, _routes) in KINDS.items()], _("All pages"))
    what = _choice(_("Only"), [(what, words) for what, (words, _rows) in LOOKED_AT.items()], _("Everything"))
    file = forms.CharField(
        label=_("File number"), required=False, validators=[MaxLengthValidator(40)],
        widget=forms.TextInput(attrs={"placeholder": "52110-c1 · 123", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_file(self) -> str:
        text = self.cleaned_data["file"].strip()
        if text and not FILE.fullmatch(text):
            raise forms.ValidationError(_("A file number is a workspace and a number: 52110-c1 · 123."), code="file")
        return text

    @property
    def file_id(self) -> int | None:
        text = self.chosen.get("file")
        return int(FILE.fullmatch(text)["number"]) if text else None


class ChangeFilterForm(LogFilterForm):
    kind = _choice(_("Kind"), [(kind, words) for kind, (words, _actions) in CHANGES.items()], _("All"))
