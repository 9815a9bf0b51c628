"""What a file is by its bytes, whatever it is called. A file that lies about its type is refused."""

import io
import zipfile
from pathlib import PurePath

import puremagic
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".hwpx": "application/hwp+zip",
}
# What has to lie in a packed document, and what must not: a macro is a program.
INSIDE = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".hwpx": "Contents/content.hpf"}
PACKED = b"PK\x03\x04"  # how a packed document begins
LONGEST_NAME = 200
BIGGEST = 10 * 1024 * 1024  # bytes


def accepted() -> str:
    """The endings as the file field of a page takes them."""
    return ",".join(MEDIA_TYPES)


def media_type_of(content: bytes, name: str) -> str:
    """The media type of a file whose bytes are what its name says.

    Raises ValidationError for an empty or too big file, for a type that is not kept, and for one that is not what
    its name says.
    """
    ending = PurePath(name).suffix.lower()
    if not content:
        raise ValidationError(_("The file is empty. Choose it again."))
    if len(content) > BIGGEST:
        raise ValidationError(_("The file has more than %(most)s MB. Make it smaller, or divide it.") % {"most": 10})
    if ending not in MEDIA_TYPES:
        told = ", ".join(sorted(one.removeprefix(".").upper() for one in MEDIA_TYPES))
        raise ValidationError(_("Files of this type are not kept. These are: %(types)s.") % {"types": told})
    if not (_is_packed(content, ending) if ending in INSIDE else _is_plain(content, ending)):
        raise ValidationError(
            _("The file is not what its name says (%(ending)s). Open it, save it anew and choose it again.")
            % {"ending": ending}
        )
    return MEDIA_TYPES[ending]


def _is_plain(content: bytes, ending: str) -> bool:
    try:
        found = puremagic.magic_string(content)
    except puremagic.PureError:
        return False
    return MEDIA_TYPES[ending] in {row.mime_type for row in found}


def _is_packed(content: bytes, ending: str) -> bool:
    """Only the list of what is in it is read: nothing is unpacked. A program with a document behind it is none."""
    if not content.startswith(PACKED):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return INSIDE[ending] in names and not any(name.endswith("vbaProject.bin") for name in names)


def clean_name(name: str) -> str:
    """The name to show and to give back: its last part, without signs that nobody sees."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[-LONGEST_NAME:] or "file"
