from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def withdrawn_with_a_reason(name: str) -> models.CheckConstraint:
    """A row that was wrong is never deleted: it has the day on which it was withdrawn and why, or neither."""
    return models.CheckConstraint(
        condition=Q(withdrawn_on=None, withdrawn_why="") | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_why=""),
        name=name,
        violation_error_message=_("Say why it is withdrawn."),
    )
