"""What a draft says, in words: its texts are what was typed, and its codes are read by their names."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.forms import OthersField, SessionForm
from centers.models import Workspace
from centers.models.codes import kept_names

SILENT = {"token"}


def differences(fields: dict, others: list[dict]) -> list[tuple[str, str]]:
    """Label and text of each field in which one version differs from another."""
    return [
        (str(field.label), _in_words(field, fields.get(name, [])))
        for name, field in SessionForm.base_fields.items()
        if name not in SILENT and any(_plain(fields, name) != _plain(other, name) for other in others)
    ]


def _plain(fields: dict, name: str) -> list[str]:
    """The texts of a field; one that was not on the page reads like an empty one, and the ends of lines alike."""
    return [text.replace("\r\n", "\n") for text in fields.get(name, []) if text]


def _in_words(field: forms.Field, texts: list[str]) -> str:
    if isinstance(field, OthersField):
        number = len([text for text in texts if text])
        return (
            ngettext("%(number)d client", "%(number)d clients", number) % {"number": number}
            if number
            else _("(empty)")
        )
    if isinstance(field, forms.ModelChoiceField) and field.queryset.model is not Workspace:
        names = kept_names(field.queryset.model)
        texts = [names.get(text, text) for text in texts]
    return ", ".join(text for text in texts if text) or _("(empty)")


def topic_of(fields: dict) -> str:
    """What a draft is about, empty where that is not chosen yet."""
    texts = [text for text in fields.get("topic", []) if text]
    return _in_words(SessionForm.base_fields["topic"], texts) if texts else ""
