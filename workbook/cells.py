"""Reading a cell: what Excel gives, turned into what a record holds, or a sentence that says why not."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from operator import itemgetter

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import models as cases
from cases.secrecy import masked
from centers.models import Municipality, SupportProgramme, Workspace, WorkspaceKind
from visas.models import StudyStatus, VisaProgramme
from workbook.sheets import Column

Reader = Callable[[object], object]

_DIGITS = re.compile(r"[0-9]{1,15}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LARGEST = 2_000_000_000  # of a whole number in a cell; what the database's integer holds


class BadCell(Exception):
    """Its text is the sentence for the reader."""


class Names:
    """Every name by which a set of codes goes: the code, its names in all languages, its aliases."""

    def __init__(self, rows, endings: tuple[str, ...] = ()):
        self.spelt: dict[str, object] = {}
        self.codes: dict[str, object] = {}
        self.labels: dict[str, str] = {}
        self.endings = endings
        self.words: dict[object, list[str]] = {}
        ranked = [(rank, word, key) for key, words in rows for rank, word in enumerate(words) if word]
        for _rank, word, key in sorted(ranked, key=itemgetter(0)):  # a name of one is no alias of another
            self.spelt.setdefault(word, key)
            if _plain(word) not in self.codes:
                self.codes[_plain(word)] = key
                self.labels[_plain(word)] = word
                self.words.setdefault(key, []).append(word)

    def find(self, word: str):
        """The code of a name, or None. A language answers without its ending (베트남어) or region (zh-CN), too.

        Capitals count only where they tell two apart: Nga is Russia in Vietnamese, NGA the code of Nigeria.
        """
        plain = _plain(word)
        found = self.spelt.get(word.strip()) or self.codes.get(plain)
        for ending in self.endings:
            found = found or self.codes.get(plain + ending) or self.codes.get(plain.removesuffix(ending))
        if found is None and self.endings:
            found = self.codes.get(plain.partition("-")[0])
        return found

    def word_of(self, key) -> str:
        """What to write for a code so that it is found again: its Korean name, unless another code goes by that."""
        return next(iter(self.words.get(key, [])[:2][::-1]), "")

    def near(self, word: str) -> str:
        close = get_close_matches(_plain(word), self.codes, n=1, cutoff=0.75)
        return self.labels[close[0]] if close else ""


def _plain(word: str) -> str:
    return "".join(unicodedata.normalize("NFC", word).split()).casefold()


def _words(row) -> list[str]:
    return [getattr(row, "code", ""), row.name_ko, row.name_en, row.name_vi, row.name_zh_hans, *row.aliases]


def _terms(model, **options) -> Names:
    return Names(((row.pk, _words(row)) for row in model.objects.order_by("order", "pk")), **options)


def _workspaces(*kinds: WorkspaceKind) -> Names:
    rows = Workspace.objects.filter(kind__in=kinds) if kinds else Workspace.objects.all()
    return Names((row.pk, _words(row)) for row in rows.order_by("pk"))


def code_sets() -> dict[str, Names]:
    """Every set of codes a column may be read by, from the reference data of now."""
    return {
        "country": _terms(cases.Country),
        "sex": _terms(cases.Sex),
        "status": _terms(cases.StatusCode),
        "language": _terms(cases.Language, endings=("어",)),
        "municipality": _terms(Municipality),
        "relation": _terms(cases.Relation),
        "visa_programme": _terms(VisaProgramme),
        "study_status": _terms(StudyStatus),
        "programme": _terms(SupportProgramme),
        "channel": _terms(cases.Channel),
        "topic": _terms(cases.Topic),
        "caller": _terms(cases.Caller),
        "interpretation": _terms(cases.Interpretation),
        "outcome": _terms(cases.Outcome),
        "stay_reason": _terms(cases.StayReason),
        "center": _workspaces(WorkspaceKind.CENTER),
        "shelter": _workspaces(WorkspaceKind.SHELTER),
        "university": _workspaces(WorkspaceKind.UNIVERSITY),
        "workspace": _workspaces(),
    }


@dataclass(frozen=True)
class Readers:
    """Makes the reader of a column. Readers remember what they have read: a column repeats itself."""

    sets: dict[str, Names]
    today: date

    @classmethod
    def of_today(cls) -> "Readers":
        return cls(code_sets(), timezone.localdate())

    def of(self, column: Column) -> Reader:
        """How the cells of a column are read. Raises BadCell."""
        if column.reads in self.sets:
            return lambda cell: self._code(column.reads, text_of(cell))
        if column.reads in {"text", "ref", "phone"}:
            return lambda cell: _short(text_of(cell), column.longest)
        return {
            "note": text_of,
            "topics": lambda cell: [self._code("topic", part) for part in text_of(cell).split(";") if part.strip()],
            "past": self._past,
            "day": day_of,
            "count": lambda cell: number_of(cell, least=1),
            "minutes": lambda cell: number_of(cell, least=0),
            "won": lambda cell: number_of(cell, least=1),
            "number": registration_number_of,
        }[column.reads]

    def _code(self, name: str, word: str):
        found = self.sets[name].find(word)
        if found is not None:
            return found
        near = self.sets[name].near(word)
        if near:
            raise BadCell(_("This is no known code or name. Did you mean “%s”?") % near)
        raise BadCell(_("This is no known code or name: choose one of the reference list."))

    def _past(self, cell) -> date:
        day = day_of(cell)
        if day > self.today:
            raise BadCell(_("This day lies in the future: write the day on which it happened."))
        return day


def text_of(cell) -> str:
    """Text without blanks around it, composed (NFC). A number reads as Excel shows it: 12, not 12.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == cell.time().min else cell.isoformat(" ")
    text = unicodedata.normalize("NFC", str(cell)).strip()
    if not text.isprintable() and any(_is_control(sign) for sign in text):
        raise BadCell(_("The text holds invisible control characters: type it anew."))
    return text


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\t\r\n"


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise BadCell(
            _("The text has %(length)d characters and at most %(longest)d fit: shorten it.")
            % {"length": len(text), "longest": longest}
        )
    return text


def day_of(cell) -> date:
    """A day: an Excel date, or text like 2025-03-01."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str) and _DAY.fullmatch(cell.strip()):
        try:
            return date.fromisoformat(cell.strip())
        except ValueError:
            pass
    raise BadCell(_("This is not a day. Use an Excel date, or text like 2025-03-01."))


def number_of(cell, *, least: int) -> int:
    """A whole number, as a number or as text of digits."""
    number = None
    if isinstance(cell, int | float):
        number = int(cell) if float(cell).is_integer() else None
    elif isinstance(cell, str) and _DIGITS.fullmatch(cell.strip().replace(",", "")):
        number = int(cell.strip().replace(",", ""))
    if number is None:
        raise BadCell(_("This is not a whole number: write digits only, such as 30."))
    if number < least:
        raise BadCell(_("The number must be %d or more: correct it.") % least)
    if number > LARGEST:
        raise BadCell(_("The number is too large: check the digits."))
    return number


def registration_number_of(cell) -> str:
    """The thirteen digits of 외국인등록번호. A number cell has lost its leading zero, which is given back."""
    text = text_of(cell)
    digits = text.replace("-", "").replace(" ", "")
    if isinstance(cell, float):
        digits = digits.zfill(13)
    if len(digits) != 13 or not (digits.isascii() and digits.isdigit()):
        raise BadCell(_("An alien registration number has thirteen digits, like 900101-5000000."))
    return digits


def shown(cell, column: Column) -> str:
    """The value of a bad cell as a message shows it: short, and a number of the state masked."""
    if cell is None or cell == "":
        return ""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if column.reads == "number":
        return masked(text)
    return text if len(text) <= 60 else text[:57] + "…"
