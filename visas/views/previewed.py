"""A change of the rules is shown before it is made: what it would turn, and then the same once it was confirmed."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.forms import Form
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from centers.refusals import rule_of, sentence

Row = TypeVar("Row", bound=Model)
Shown = TypeVar("Shown")


def previewed(
    request: HttpRequest, form: Form, change: Callable[[], Row], preview: Callable[[], Shown]
) -> tuple[Row | None, Shown | None]:
    """The row that was changed, where what was shown is confirmed; else what is to be shown; neither on a mistake."""
    if not form.is_valid():
        return None, None
    try:
        if "confirmed" in request.POST and constant_time_compare(request.POST.get("seen", ""), seen(form)):
            return change(), None
        return None, preview()
    except IntegrityError as error:
        form.refuse(rule_of(error), sentence(error))
        return None, None


class _Undone(Exception):
    """Ends a block that is only tried."""


def tried(write: Callable[[], Row], read: Callable[[Row], Shown]) -> Shown:
    """What ``read`` gives of the row that ``write`` makes; nothing of it stays. Raises what the database refuses."""
    found = []
    try:
        with transaction.atomic():
            found.append(read(write()))
            raise _Undone
    except _Undone:
        return found[0]


def seen(form: Form) -> str:
    """What was shown in the preview, so that nothing else is confirmed."""
    return salted_hmac("visas.rule", repr(sorted(form.cleaned_data.items(), key=lambda pair: pair[0]))).hexdigest()
