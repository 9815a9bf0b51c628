from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from accounts.models import User
from audit.models import Action, MonthReview, ReviewFinding
from audit.review import figures_of, is_over


def record(
    action: Action, *, actor: User | None, target: models.Model | None = None, workspace_id: int | None = None, **data
) -> None:
    """Append one entry. Refuses to run outside the transaction that makes the change.

    The entry is written by a function of the database, since one may put on record what one may not read.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record() must share the transaction of the change it records")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wall.record(%s, %s, %s, %s, %s, %s)",
            [
                actor.pk if actor else None,
                action.value,
                workspace_id,
                target._meta.label_lower if target else "",
                target.pk if target else None,
                Jsonb(data),
            ],
        )


@transaction.atomic
def sign_month(*, actor: User, month: date, remark: str = "", document: str = "", alone: str = "") -> MonthReview:
    """Sign the access log of a month with the figures of now. What comes to the month later changes none of them.

    ``alone``: which other roles of the signer do not go with reviewing, in words. Raises ValidationError where the
    month is not over or is signed already.
    """
    if not is_over(month):
        raise ValidationError(
            _("The month is not over: it can be signed from the first day of the next one."), code="over"
        )
    review = MonthReview(
        month=month, signed_by=actor, figures=figures_of(month), remark=remark, document=document, alone=alone[:500]
    )
    review.full_clean()
    review.save()
    record(Action.MONTH_SIGNED, actor=actor, target=review, month=f"{month:%Y-%m}", reason=remark)
    return review


@transaction.atomic
def note_finding(*, actor: User, month: date, what: str, done: str, about: User | None = None) -> ReviewFinding:
    """Note what was found in the log of a month and what was done; after the signature it stands as come later."""
    finding = ReviewFinding(month=month, found_by=actor, what=what, done=done, about=about)
    finding.full_clean()
    finding.save()
    record(Action.REVIEW_FINDING, actor=actor, target=finding, month=f"{month:%Y-%m}", user=about and about.pk)
    return finding
