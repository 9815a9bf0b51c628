from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User


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
