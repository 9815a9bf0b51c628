"""Papers as PDF, set by Typst in the letters of every script that has a font here."""

import json
from pathlib import Path

import typst

from config.fonts import FAMILIES, font_folders


def set_pdf(template: Path, data: dict) -> bytes:
    """The PDF of a template. ``data`` reaches it as JSON in ``sys.inputs.data``, and never as part of its source; the
    families to set it in stand in ``sys.inputs.families``.

    A sign without a font becomes a box and no error: ``config.fonts.without_font`` tells them before. Raises
    ``typst.TypstError`` for a template that is wrong.
    """
    return typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=list(font_folders()),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False), "families": json.dumps(FAMILIES)},
    )
