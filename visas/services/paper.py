"""What became of the papers of a case."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from centers.scope import settle_constraints
from visas.models import CasePaper, VisaCase
from visas.models.row import of_case


@transaction.atomic
def enter_papers(*, actor: User, case: VisaCase, papers: Iterable[dict]) -> int:
    """Put on record of each paper whether it was received, is missing or is not needed; how many rows were written.

    Each of ``papers`` has ``paper``, ``state``, ``happened_on``, ``proof`` and ``note``. Earlier rows stay; the last
    of a paper counts. Raises IntegrityError where the programme asks for no such paper, or the file is another's.
    """
    written = [CasePaper.objects.create(**of_case(case), actor=actor, **told) for told in papers]
    settle_constraints()
    return len(written)
