"""Forms whose text is kept while it is typed, and what a draft of one says in words."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _

from cases.models.draft import SECRET, Fields
from centers.models import Workspace
from centers.models.codes import kept_names


class DraftedForm(forms.Form):
    """A form of which a draft is kept. ``token`` is the form's own, wherever and however often it is sent.

    ``seen`` carries what the fields said when the page of a record was made (``cases.meanwhile``).
    """

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial = {"token": uuid4()} | self.initial

    given: frozenset[str] = frozenset()  # fields that the page itself fills in

    @classmethod
    def stopped_at(cls, fields: Fields) -> str:
        """How far a form was filled in: the last field with something in it, and nothing of what it says."""
        typed = [name for name in cls.base_fields if name not in cls.given and any(fields.get(name, []))]
        shown = [name for name in typed if not cls.base_fields[name].widget.is_hidden]
        return _("up to: %(field)s") % {"field": cls.base_fields[shown[-1]].label} if shown else ""

    @classmethod
    def initial_of(cls, fields: Fields) -> dict:
        """What a form shows that goes on with these texts of a draft, as they were typed."""
        lists = [name for name, field in cls.base_fields.items() if isinstance(field, forms.ModelMultipleChoiceField)]
        known = {name: texts for name, texts in fields.items() if name in cls.base_fields and texts}
        return {name: texts if name in lists else texts[-1] for name, texts in known.items()}

    def clean(self):
        cleaned = super().clean()
        cleaned["token"] = cleaned.get("token") or uuid4()
        return cleaned

    @classmethod
    def differences(cls, fields: Fields, others: list[Fields]) -> list[tuple[str, str]]:
        """Label and text of each field in which one version differs from another."""
        return [
            (str(field.label), cls.in_words(name, fields.get(name, [])))
            for name, field in cls.base_fields.items()
            if not field.widget.is_hidden and any(plain(fields, name) != plain(other, name) for other in others)
        ]

    @classmethod
    def in_words(cls, name: str, texts: list[str]) -> str:
        """The texts of a field, codes by their names; of a number of the state only that there is one."""
        field, texts = cls.base_fields[name], [text for text in texts if text]
        if not texts:
            return _("(empty)")
        if name in SECRET:
            return _("A number")
        if isinstance(field, forms.BooleanField):
            return _("Yes")
        return cls.spoken(field, texts)

    @classmethod
    def spoken(cls, field: forms.Field, texts: list[str]) -> str:
        """The texts of one field, of which there are some."""
        if isinstance(field, forms.ModelChoiceField) and field.queryset.model is not Workspace:
            names = kept_names(field.queryset.model)
            texts = [names.get(text, text) for text in texts]
        return ", ".join(texts)


def plain(fields: Fields, name: str) -> list[str]:
    """The texts of a field; one that was not on the page reads like an empty one, and the ends of lines alike."""
    return [text.replace("\r\n", "\n") for text in fields.get(name, []) if text]
