"""Nothing starts wrong: what is mistaken is told in one sentence each, and the process ends."""

import sys

from django.core import checks
from django.db import connections

SERIOUS = checks.ERROR
# gunicorn stops altogether at this status, instead of starting the worker again and again.
APPLICATION_CANNOT_LOAD = 4


def refuse_mistakes(**kwargs) -> None:
    """Look at the settings and the database before the first request or task. Raises SystemExit."""
    # The database first, and by itself where it says something: others ask it what it can do.
    found = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    if not any(mistake.level >= SERIOUS for mistake in found):
        found = checks.run_checks(databases=["default"])
    # What the check opened must not be shared by processes forked later.
    connections.close_all()
    mistakes = [str(mistake.msg) for mistake in found if mistake.level >= SERIOUS and not mistake.is_silenced()]
    if mistakes:
        for mistake in mistakes:
            print(mistake, file=sys.stderr)  # noqa: T201  (there is no page to tell it on)
        raise SystemExit(APPLICATION_CANNOT_LOAD)
