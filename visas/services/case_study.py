"""What an applicant for the student visa is to study."""

from django.db import transaction

from accounts.models import User
from centers.models import Major
from centers.scope import settle_constraints
from visas.models import CaseStudy, VisaCase
from visas.models.row import of_case


@transaction.atomic
def say_studies(*, actor: User | None, case: VisaCase, major: Major, semester: str) -> CaseStudy:
    """Put the major and the semester of a case on record; the last row counts.

    Raises IntegrityError for another university's major and for a text that is no semester.
    """
    made = CaseStudy.objects.create(**of_case(case), major=major, semester=semester, actor=actor)
    settle_constraints()
    return made
