from django.db import transaction

from accounts.models import User
from audit.models import Action
from audit.services import record
from kpi.models import PublishedFigure


@transaction.atomic
def publish(*, actor: User, corrects: PublishedFigure | None = None, **told) -> PublishedFigure:
    """Keep what was said, as it was said. A correction is a row of its own, and the one it corrects stays to be seen.

    ``told`` are the fields of the record; the definition is kept in the language of the office. Raises ValidationError
    for one that is missing or too long, IntegrityError for a figure of a day after the one on which it was said, and
    for one that is in the register already or corrects what is corrected.
    """
    figure = PublishedFigure(said_by=actor, corrects=corrects, definition_ko=told.pop("definition", ""), **told)
    figure.full_clean(validate_constraints=False)
    figure.save()
    record(Action.FIGURE_PUBLISHED, actor=actor, target=figure, year=figure.year, audience=figure.audience)
    return figure
