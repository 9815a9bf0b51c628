from allauth.account.forms import ChangePasswordForm as Form
from django import forms
from django.utils.translation import gettext as _

from accounts.models import User


class KeysForm(forms.ModelForm):
    """Keys of which the two that are letters differ; the constraint of the model says so."""

    class Meta:
        model = User
        fields = ("key_search", "key_new", "key_start")


class ChangePasswordForm(Form):
    """A password that is not the one of before: a first password stays with whoever made it."""

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("password1") and cleaned["password1"] == cleaned.get("oldpassword"):
            self.add_error("password1", _("This is the password of before. Choose another one."))
        return cleaned
