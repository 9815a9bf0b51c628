"""What a file is by its bytes, whatever it is called. A file that lies about its type is refused."""

import io
import zipfile
import zlib
from pathlib import PurePath

import puremagic
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases import pictures

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".hwpx": "application/hwp+zip",
    ".hwp": "application/x-hwp",
}
# What has to lie in a packed document, and where the document itself says what it is.
INSIDE = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".hwpx": "Contents/content.hpf"}
SAID_IN = {".docx": "[Content_Types].xml", ".xlsx": "[Content_Types].xml", ".hwpx": "mimetype"}
SAID = {
    ".docx": b"wordprocessingml.document.main+xml",
    ".xlsx": b"spreadsheetml.sheet.main+xml",
    ".hwpx": b"application/hwp+zip",
}
# What must not: a macro is a program, and so is what a computer runs by its ending.
PROGRAMS = (
    "vbaproject.bin",
    ".exe",
    ".dll",
    ".com",
    ".scr",
    ".msi",
    ".bat",
    ".cmd",
    ".ps1",
    ".vbs",
    ".js",
    ".jar",
    ".lnk",
)
PACKED = b"PK\x03\x04"  # how a packed document begins
# How a document of Hangul (한글) up to its fifth version begins, and what its head says in clear.
COMPOUND, HANGUL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"HWP Document File"
LONGEST_SAYING = 1024 * 1024  # bytes
# What reading an archive says where it is none: broken, without the part, or with one that is locked by a password or
# packed in a way that is not known (both RuntimeError).
UNREADABLE = (zipfile.BadZipFile, zlib.error, ValueError, KeyError, RuntimeError)
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
    if not _is(ending, content):
        raise ValidationError(
            _("The file is not what its name says (%(ending)s). Open it, save it anew and choose it again.")
            % {"ending": ending}
        )
    if ending in pictures.READ and not pictures.is_picture(content, ending):
        raise ValidationError(
            _("The file is no whole picture (%(ending)s). Open it, save it anew and choose it again.")
            % {"ending": ending}
        )
    return MEDIA_TYPES[ending]


def _is(ending: str, content: bytes) -> bool:
    if ending == ".hwp":
        return content.startswith(COMPOUND) and HANGUL in content
    return _is_packed(content, ending) if ending in INSIDE else _is_plain(content, ending)


def _is_plain(content: bytes, ending: str) -> bool:
    try:
        found = puremagic.magic_string(content)
    except puremagic.PureError:
        return False
    return MEDIA_TYPES[ending] in {row.mime_type for row in found}


def _is_packed(content: bytes, ending: str) -> bool:
    """The list of what is in it is read, and the part that says what it is. A program with a document behind it is
    none.
    """
    if not content.startswith(PACKED):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            if INSIDE[ending] not in names or any(name.lower().endswith(PROGRAMS) for name in names):
                return False
            with packed.open(SAID_IN[ending]) as part:
                return SAID[ending] in part.read(LONGEST_SAYING)
    except UNREADABLE:
        return False


def clean_name(name: str) -> str:
    """The name to show and to give back: its last part, without signs that nobody sees."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[-LONGEST_NAME:] or "file"
