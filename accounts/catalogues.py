"""The message catalogues: tidied when rewritten, and compiled without GNU gettext, which a bare machine lacks."""

import gettext as gettext_module
from pathlib import Path

import polib
from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real

HEADER = ("Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms")


def reset_translations() -> None:
    """Forget the catalogues read so far; the language of the moment stays."""
    gettext_module._translations.clear()
    trans_real._translations.clear()
    language = translation.get_language()
    trans_real._default = None
    if language:
        translation.activate(language)


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
    if compiled:
        reset_translations()  # this process may have read what was there before
    return compiled


def tidy(path: Path) -> int:
    """Sort a catalogue and take out what changes by itself, dates above all. Returns how many strings lack words."""
    catalogue = polib.pofile(str(path), wrapwidth=0)
    catalogue.header = ""
    catalogue.metadata = {name: catalogue.metadata[name] for name in HEADER if name in catalogue.metadata}
    catalogue.metadata_is_fuzzy = False
    catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    for entry in catalogue:
        entry.comment = entry.tcomment = ""
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
    catalogue.save(newline="\n")
    return len(catalogue.untranslated_entries()) + len(catalogue.fuzzy_entries())
