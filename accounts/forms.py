from django import forms

from accounts.models import User


class KeysForm(forms.ModelForm):
    """Two keys that differ; the constraint of the model says so."""

    class Meta:
        model = User
        fields = ("key_search", "key_new")
