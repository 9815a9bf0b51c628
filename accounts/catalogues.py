"""The message catalogues, compiled without GNU gettext, which a bare machine lacks."""

from pathlib import Path

import polib
from django.conf import settings


def compile_catalogues() -> int:
    """Compile every catalogue that is newer than its compiled file. Returns how many were compiled."""
    compiled = 0
    for source in sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            draft = target.with_suffix(".mo.new")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(target)
            compiled += 1
    return compiled
