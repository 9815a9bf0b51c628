"""Codes read with a row cost no query and no join: a process keeps the few hundred rows of the code sets.

They are reference data, which ``prepare`` alone changes; another process has read the change a minute later.
"""

from time import monotonic

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

KEPT_FOR = 60  # seconds

_kept: dict[type[models.Model], tuple[float, dict]] = {}


def kept_rows(model: type[models.Model]) -> dict:
    """All rows of a code set by their code, in their order, at most a minute old. They are shared: change none."""
    until, rows = _kept.get(model, (0.0, {}))
    if until < monotonic():
        rows = {row.pk: row for row in model._default_manager.all()}
        _kept[model] = (monotonic() + KEPT_FOR, rows)
    return rows


def forget_kept_rows() -> None:
    """Read the code sets afresh, as after they were loaded."""
    _kept.clear()


class _KeptCode(ForwardManyToOneDescriptor):
    def get_object(self, instance: models.Model) -> models.Model:
        row = kept_rows(self.field.remote_field.model).get(getattr(instance, self.field.attname))
        return row or super().get_object(instance)


class CodeKey(models.ForeignKey):
    """A key to a code set: an ordinary foreign key to the database, whose row is at hand in the process."""

    forward_related_accessor_class = _KeptCode

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs
