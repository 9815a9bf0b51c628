from django.core.exceptions import ValidationError
from django.db import models


def ends_after_start(row: models.Model, start: str, end: str, message: str) -> None:
    """For ``clean()`` of a row with a range of days: say that it ends before it starts.

    The database says it too; but asked whether the range meets another, it fails on one that is none.
    """
    first, last = getattr(row, start), getattr(row, end)
    if first and last and last < first:
        raise ValidationError({end: message}, code="order")
