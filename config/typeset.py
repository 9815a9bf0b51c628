"""Papers as PDF, set by Typst in the letters of every script that has a font here."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

import typst

FONTS = (
    "cvttf_NotoSansCJK_Regular", "cvttf_NotoSansCJK_Bold", "fontpkg_noto_sans", "fontpkg_noto_sans_khmer",
    "fontpkg_noto_sans_thai", "fontpkg_noto_sans_devanagari", "fontpkg_hind_siliguri",
)  # fmt: skip


@cache
def _font_folders() -> list[str]:
    """Where the wheels keep their fonts. Those of the system come after them: Burmese, Lao, Sinhala have no wheel."""
    folders = (Path(str(files(package))) for package in FONTS)
    return sorted({str(font.parent) for folder in folders for font in folder.rglob("*.[ot]tf")})


def set_pdf(template: Path, data: dict) -> bytes:
    """The PDF of a template. ``data`` reaches it as JSON in ``sys.inputs.data``, and never as part of its source.

    Raises ``typst.TypstError`` for a template that is wrong.
    """
    return typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=_font_folders(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
