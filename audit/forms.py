import re

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
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


def _choice(label: str, choices: list, empty: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=[("", empty), *choices],
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )  # fmt: skip


class LogFilterForm(forms.Form):
    """What a log is narrowed to: days in Seoul, a member of staff and a workspace, where there are several."""

    def __init__(self, *args, staff: QuerySet, workspaces: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = {"from": DayField(_("From"), required=False), "to": DayField(_("To"), required=False)}
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


class FindingForm(forms.Form):
    """What was found in a month, and what was done."""

    about = forms.ModelChoiceField(
        label=_("Member of staff"), queryset=User.objects.none(), required=False,
        empty_label=_("Nobody in particular"),
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )  # fmt: skip
    what = forms.CharField(
        label=_("What was found"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Without names of clients: a file number is enough."),
        error_messages={"required": _("Write what was found.")},
    )  # fmt: skip
    done = forms.CharField(
        label=_("What was done"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write what was done about it.")},
    )  # fmt: skip

    def __init__(self, *args, staff: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["about"].queryset = staff


class SignForm(forms.Form):
    """The signature under a month."""

    looked = forms.BooleanField(
        label=_("I looked through the accesses, the files taken away and their reasons of this month."),
        error_messages={"required": _("Tick this once you have looked through the month.")},
    )
    remark = forms.CharField(
        label=_("Remark"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    document = forms.CharField(
        label=_("Document number"),
        required=False,
        max_length=80,
        help_text=_("Of the office's approval, if there is one."),
    )
