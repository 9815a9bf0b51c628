"""Codes read with a row cost no query and no join: a process keeps the few hundred rows of the code sets.

They are reference data, which ``prepare`` and the documents of the province change; every process has read the change
a minute later.
"""

from collections.abc import Callable
from operator import attrgetter
from time import monotonic

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.utils.translation import get_language

from centers.reader import by_an_official

KEPT_FOR = 60  # seconds

_kept: dict[type[models.Model], tuple[float, dict]] = {}
_texts: dict[tuple, tuple[dict, dict[str, str]]] = {}


def kept_rows(model: type[models.Model]) -> dict:
    """All rows of a code set by their code, in their order, at most a minute old. They are shared: change none."""
    until, rows = _kept.get(model, (0.0, {}))
    if until < monotonic():
        rows = {row.pk: row for row in model._default_manager.all()}
        _kept[model] = (monotonic() + KEPT_FOR, rows)
    return rows


def kept_names(model: type[models.Model]) -> dict:
    """The names of a code set by their code, in the language of the moment and as the reader may know them."""
    return kept_texts(model, str)


def kept_terms(model: type[models.Model]) -> dict:
    """The same with the Korean term of the office beside each (``Term.with_office_term``)."""
    return kept_texts(model, _with_office_term)


def offered_names(model: type[models.Model]) -> dict:
    """The names without the codes that the reader is told as another one, and so cannot ask for."""
    return kept_texts(model, _offered)


_with_office_term = attrgetter("with_office_term")


def _offered(row: models.Model) -> str:
    return str(row) if _told(row).pk == row.pk else ""


def kept_texts(model: type[models.Model], text: Callable[[models.Model], str]) -> dict[str, str]:
    """A text of each code by its code, where it has one: made once for a language and for who may know what."""
    rows = kept_rows(model)
    kept_as = (model, text, get_language(), by_an_official())
    of_rows, texts = _texts.get(kept_as, (None, {}))
    if of_rows is not rows:
        texts = {code: told for code, row in rows.items() if (told := text(row))}
        _texts[kept_as] = (rows, texts)
    return texts


def name_of(row: models.Model, key: str) -> str | None:
    """The name of the code that a row holds in a field, none where it holds none."""
    return names_of([row], key)[0]


def names_of(rows: list[models.Model], key: str) -> list[str | None]:
    """The same of rows of one table; what they are called in the language of the moment is looked up once."""
    if not rows:
        return []
    field = rows[0]._meta.get_field(key)
    names, codes = kept_names(field.remote_field.model), [getattr(row, field.attname) for row in rows]
    return [
        None if code is None else names.get(code) or str(getattr(row, key))
        for row, code in zip(rows, codes, strict=True)
    ]


def row_of(row: models.Model, key: str) -> models.Model | None:
    """The row of the code that a row holds in a field, none where it holds none. Former states of a row ask here too:
    their keys are plain ones, and would read or join what is at hand.
    """
    field = row._meta.get_field(key)
    code = getattr(row, field.attname)
    return None if code is None else kept_rows(field.remote_field.model).get(code) or getattr(row, key)


def code_of(row: models.Model, key: str):
    """The code that a row holds in a field, as its name is told to the reader; none where it holds none.

    A row that has an internal number beside its code, as a workspace has, is known by the code.
    """
    known = row_of(row, key)
    return None if known is None else getattr(_told(known), "code", _told(known).pk)


def _told(row: models.Model) -> models.Model:
    """What the reader is told instead of a code: ``told`` of a code set that has such codes, else itself."""
    return getattr(row, "told", row)


def forget_kept_rows() -> None:
    """Read the code sets afresh, as after they were loaded."""
    _kept.clear()
    _texts.clear()


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
