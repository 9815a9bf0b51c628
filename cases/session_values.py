"""A session on record as its form shows it: to the reader, who may be told less than it holds."""

from collections.abc import Iterable

from django.db.models import Model, QuerySet

from cases.forms import SessionForm
from cases.models import Session
from cases.models.draft import Fields
from cases.selectors import further_topics
from centers.reader import by_an_official

CLIENT = "client"  # whom the session is about: no field of the form, and changed beside it
SHOWN = tuple(name for name in SessionForm.base_fields if name not in {"token", "seen", "workspace", "change_reason"})
SEVERAL = ("topic", "other_topics", "others")


def texts_of(session: Session) -> Fields:
    """By the names of the form's fields, and whom it is about: texts as a browser would send them."""
    held = {
        name: getattr(session, Session._meta.get_field(name).attname)
        for name in (*SHOWN, CLIENT)
        if name not in SEVERAL
    }
    if by_an_official() and session.status and session.status.restricted:
        held["status"] = None
    further = [issue.topic_id for issue in further_topics(session.issues.all())]
    others = session.others.order_by("pk").values_list("client", flat=True)
    return _texts(held | {"topic": session.topic.told.pk, "other_topics": further, "others": list(others)})


def texts_typed(form: SessionForm) -> Fields:
    """What was typed, in the same way; as it was sent where it is not valid."""
    if not form.is_valid():
        typed = {name: form.data.getlist(name) for name in form.fields if name in SHOWN}
    else:
        typed = {name: form.cleaned_data[name] for name in form.fields if name in SHOWN}
    return _texts(typed | {CLIENT: form.client})


def _texts(values: dict) -> Fields:
    return {name: [_text(one) for one in _several(value) if one not in (None, "")] for name, value in values.items()}


def _several(value) -> Iterable:
    return value if isinstance(value, list | QuerySet) else [value]


def _text(value) -> str:
    return str(value.pk if isinstance(value, Model) else value)
