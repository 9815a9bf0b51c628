"""What a paper says where no font here has a sign: a mark in its place, and a sentence. It shows no boxes."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from config.fonts import without_font

LEFT_OUT = "[...]"  # stands where a paper has no letters
CODES_TOLD = 20


def legible(told) -> tuple[dict | list | str, str]:
    """The same texts, in whatever dicts and lists they lie, with a mark for each run of signs that no font here has;
    and the sentence that says so, empty where every sign can be read.
    """
    signs = without_font("".join(_texts(told)))
    if not signs:
        return told, ""
    codes = ", ".join(f"U+{ord(sign):04X}" for sign in signs[:CODES_TOLD])
    said = _("No font here has these signs (%(codes)s). %(mark)s stands in their place: read them on screen.")
    return _without(told, re.compile(f"[{re.escape(signs)}]+")), said % {"codes": codes, "mark": LEFT_OUT}


def _texts(told) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        yield from _texts(list(told.values()))
    elif isinstance(told, list | tuple):
        for one in told:
            yield from _texts(one)


def _without(told, signs: re.Pattern):
    if isinstance(told, str):
        return signs.sub(LEFT_OUT, told)
    if isinstance(told, dict):
        return {name: _without(value, signs) for name, value in told.items()}
    return [_without(value, signs) for value in told] if isinstance(told, list | tuple) else told
