"""The self-assessment of an applicant (자체심사표), line by line."""

from django.db import transaction

from accounts.models import User
from centers.scope import settle_constraints
from visas.models import CasePoint, PointItem, VisaCase
from visas.models.row import of_case


@transaction.atomic
def enter_points(*, actor: User, case: VisaCase, lines: dict[PointItem, tuple[int, str]]) -> int:
    """Put the points of lines on record, each with its evidence; the sum follows by itself. How many lines changed.

    Earlier rows stay; the last of a line counts. Raises IntegrityError for points that the table does not give.
    """
    rows = [
        CasePoint(**of_case(case), item=item, points=points, evidence=evidence, actor=actor)
        for item, (points, evidence) in lines.items()
    ]
    CasePoint.objects.bulk_create(rows)
    settle_constraints()
    return len(rows)
