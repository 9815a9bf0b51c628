from allauth.account.forms import ChangePasswordForm as Form
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import KEYS, User

# Keys by which every list is walked through, and what is said to who wants one of them for something else.
HELD = {
    "KeyJ": gettext_lazy("The key J moves to the next row of a list. Choose another one."),
    "KeyK": gettext_lazy("The key K moves to the row before in a list. Choose another one."),
}
LETTERS = ("key_search", "key_new")


class KeysForm(forms.ModelForm):
    """Keys of which each does one thing alone. A refusal says which command holds the key."""

    class Meta:
        model = User
        fields = ("key_search", "key_new", "key_start")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in LETTERS:
            field = self.fields[name]
            field.widget.choices = [one for one in field.choices if one[0] not in HELD or one[0] == self[name].value()]

    def clean(self) -> dict:
        told = super().clean()
        for name in LETTERS:
            if told.get(name) in HELD:
                self.add_error(name, HELD[told[name]])
        if told.get("key_new") and told["key_new"] == told.get("key_search"):
            key = dict(KEYS)[told["key_new"]]
            self.add_error(
                "key_new", _("The key %(key)s searches. Choose another one to open a new session.") % {"key": key}
            )
        return told


class ChangePasswordForm(Form):
    """A password that is not the one of before: a first password stays with whoever made it."""

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("password1") and cleaned["password1"] == cleaned.get("oldpassword"):
            self.add_error("password1", _("This is the password of before. Choose another one."))
        return cleaned
