"""What every record about people has in common."""

from functools import partial

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from audit.access import OnRecord
from centers.models import Workspace
from centers.models.codes import CodeKey

UNTOLD = {"shared_with", "sorted_as", "form_token"}


class Kept(OnRecord):
    """A record that hangs on one workspace and knows two clocks.

    When it happened is the record's own date. When it was recorded is ``recorded_on``, a day in Seoul:
    the day of typing, or what a workbook gives as 최초입력일; empty for an imported baseline, which was
    always known. ``recorded_at`` is the instant at which the row came into this database.
    ``ref`` is the number (번호) under which a workbook knows the record.
    """

    workspace = CodeKey(Workspace, models.PROTECT, db_index=False, related_name="+", verbose_name=_("workspace"))
    ref = models.CharField(_("number"), max_length=60, blank=True)
    recorded_on = models.DateField(_("recorded on"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    class Meta:
        abstract = True


class Voidable(models.Model):
    """A record that turned out wrong is voided: it stays in sight and counts no more."""

    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Shared(models.Model):
    """``shared_with`` are workspaces that read the row beside its own; a trigger keeps it."""

    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)

    class Meta:
        abstract = True


def client_key(related_name: str, **options) -> models.ForeignKey:
    """The client a record is about. The composite key (client, workspace, person) is made in SQL, so that
    a record never hangs on a client of another workspace (Django's key would not see row security). Each
    model names its own index on the client: joining identities looks the records up by it.
    """
    return models.ForeignKey(
        "cases.Client", models.PROTECT, db_constraint=False, db_index=False, related_name=related_name, **options
    )


def workspace_key(**options) -> models.ForeignKey:
    """The workspace of a record whose composite key, or a check by statement, already says that it exists."""
    return CodeKey(
        "centers.Workspace", models.PROTECT, db_constraint=False, db_index=False, related_name="+", **options
    )


def person_key(**options) -> models.ForeignKey:
    """The identity behind the client; moves with the client when identities are joined."""
    return models.ForeignKey(
        "cases.Person", models.PROTECT, db_constraint=False, db_index=False, related_name="+", **options
    )


def code_key(to, **options) -> models.ForeignKey:
    """A code of the reference data. No row is looked up by a code alone, so it has no index of its own."""
    return CodeKey(to, models.PROTECT, db_index=False, related_name="+", **options)


def staff_key(**options) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="+", **options
    )


class WrittenBy(models.Func):
    """For whom the running transaction writes, as the wall knows it; nobody where a command of the owner does."""

    function = "wall.written_by"
    arity = 0
    output_field = models.BigIntegerField()


class Part(OnRecord):
    """A small row of a record that comes and goes as a whole. The database notes when it came, and by whom.

    ``added_at`` is the beginning of the transaction: a part that came with its record is not later than that. It is
    empty for a part that is older than the column.
    """

    added_at = models.DateTimeField(null=True, blank=True, db_default=TransactionNow(), editable=False)
    added_by = staff_key(db_constraint=False, db_default=WrittenBy(), editable=False)

    class Meta:
        abstract = True


class Before(OnRecord, pghistory.models.Event):
    """What a row was: reading it shows the same person as the row does."""

    class Meta:
        abstract = True


class BeforeChangedBy(Before):
    """The same, and who changed or removed the row: the database's own default says it, so no code path forgets."""

    changed_by = staff_key(db_constraint=False, db_default=WrittenBy(), editable=False)

    class Meta:
        abstract = True


def with_history(model: type[models.Model], *, kept_as: type[Before] = Before) -> type[models.Model]:
    """Keep what a row was before each change and deletion; a trigger writes it, so no code path forgets.

    Moving with a joined identity is no change of the row: the join itself is on record. What the row keeps for
    itself (``UNTOLD``) is no part of its history.
    """
    fields = {field.name for field in model._meta.fields}
    worked_out = {field.name for field in model._meta.fields if field.generated}
    untold = worked_out | fields & UNTOLD
    moved = fields & {"person", "principal_person"}
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old, condition=pghistory.AnyChange(exclude=sorted(moved | untold))),
        pghistory.DeleteEvent(row=pghistory.Old),
        exclude=sorted(untold) or None,
        obj_field=pghistory.ObjForeignKey(related_name="events", null=False),
        append_only=True,
        base_model=kept_as,
        model_name=f"{model.__name__}Event",
        attrs={"whose": model.whose},
    )(model)


with_history_by_whom = partial(with_history, kept_as=BeforeChangedBy)
