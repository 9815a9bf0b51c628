from django import forms
from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
from centers.models import Role, Workspace

LISTED = {"invalid_choice": _("Choose one of the list.")}


def staff() -> QuerySet[User]:
    return User.objects.filter(is_active=True).order_by("name", "username")


class GrantForm(forms.Form):
    """A role for a member of staff."""

    user = forms.ModelChoiceField(
        label=_("Member of staff"), queryset=User.objects.none(), empty_label=_("Choose"),
        error_messages=LISTED | {"required": _("Choose who is to hold the role.")},
    )  # fmt: skip
    workspace = forms.ModelChoiceField(
        label=_("Workspace"), queryset=Workspace.objects.none(), empty_label=_("Choose"),
        error_messages=LISTED | {"required": _("Choose where the role is to be held.")},
    )  # fmt: skip
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("Choose")), *Role.choices],
        error_messages=LISTED | {"required": _("Choose the role.")},
    )  # fmt: skip
    official = forms.ChoiceField(
        label=_("Public official"), widget=forms.RadioSelect,
        choices=[("yes", _("Yes: carries the duty to report")), ("no", _("No"))],
        help_text=_(
            "Article 84 of the Immigration Act obliges public officials to report violations they learn of on duty. "
            "Whoever is marked as one is never shown, of a person, that a stay is irregular. It follows from who "
            "employs the person, not from the role; where that is not settled, choose yes."
        ),
        error_messages=LISTED | {"required": _("Say whether the person is a public official.")},
    )  # fmt: skip
    starts_on = DayField(_("From"))
    ends_on = DayField(_("To"), required=False, help_text=_("The last day of the role. Empty: until it is ended."))
    stands_in_for = forms.ModelChoiceField(
        label=_("Stands in for"), queryset=User.objects.none(), required=False,
        empty_label=_("Nobody: a role of their own"),
        help_text=_("Whose role it is on these days. Who stands in needs a last day."), error_messages=LISTED,
    )  # fmt: skip
    declaration = forms.CharField(
        label=_("Why one person holds both"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only where the role meets another one that is kept apart. The privacy officer reads it."),
    )  # fmt: skip

    def __init__(self, *args, workspaces: QuerySet, granter: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["workspace"].queryset = workspaces
        self.fields["user"].queryset = staff().exclude(pk=granter.pk)
        self.fields["stands_in_for"].queryset = staff()
        self.fields["starts_on"].initial = timezone.localdate()

    def clean_official(self) -> bool:
        return self.cleaned_data["official"] == "yes"


class EndForm(forms.Form):
    ends_on = DayField(_("Last day of the role"), help_text=_("The role is held on this day for the last time."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = timezone.localdate()


class MistakeForm(forms.Form):
    """Why a role is taken back on the day it was given."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, error_messages={"required": _("Say why the role is taken back.")}
    )  # fmt: skip


class SeparationForm(forms.Form):
    """Two roles that one person holds only where it is said why."""

    one = forms.ChoiceField(
        label=_("Role"), choices=[("", _("Choose")), *Role.choices],
        error_messages=LISTED | {"required": _("Choose the role.")},
    )  # fmt: skip
    other = forms.ChoiceField(
        label=_("Other role"), choices=[("", _("Choose")), *Role.choices],
        error_messages=LISTED | {"required": _("Choose the role.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What nobody looks at a second time where one person holds both."),
        error_messages={"required": _("Say why.")},
    )  # fmt: skip
    source = forms.CharField(
        label=_("Source"), required=False, max_length=300,
        help_text=_("The article, or the document of the office that decided it."),
    )  # fmt: skip


class AccountForm(forms.Form):
    username = forms.CharField(
        label=_("Name for signing in"), max_length=150, validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("Letters, figures and @ . + - _ only."),
        error_messages={"required": _("Write the name for signing in.")},
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the name of the member of staff.")},
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, error_messages=LISTED)
