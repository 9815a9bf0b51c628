"""Letters and lists of recommendation (추천서, 추천자 명단): made of what is on record now, as PDF and HWPX."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import override
from hwpx.document import HwpxDocument

from audit.access import show
from cases.models import Country
from centers.models import Municipality, Workspace
from centers.models.codes import kept_names
from config.legible import legible
from config.typeset import set_pdf
from visas.decisions import Versions
from visas.models import CaseStep, LetterText, Reference, StepKind, VisaCase
from visas.students import STUDENT_VISA, intended_of

TEMPLATE = Path(__file__).parent / "typst" / "letter.typ"
WIDTHS, WIDTHS_OF_STUDENTS = (1, 4, 2, 2, 2), (1, 4, 2, 2, 2, 3, 2)


@dataclass(frozen=True)
class Letter:
    """What a letter says. ``people`` are rows of number, name, nationality, birth date and municipality, for students
    university, major and semester in place of that; ``size`` is how many stand on it, those of other offices among
    them.
    """

    text: LetterText
    number: str
    day: date
    valid_until: date | None
    people: list[tuple[str, ...]]
    size: int
    of_students: bool = False

    @property
    def nameless(self) -> bool:
        """Whether somebody on it has no name on file: such a letter recommends nobody."""
        return any(not name for _place, name, *_rest in self.people)

    @property
    def heads(self) -> tuple[str, ...]:
        of = (_("University"), _("Major"), _("Semester")) if self.of_students else (_("Municipality"),)
        return (_("Running number"), _("Name"), _("Nationality"), _("Birth date"), *of)

    @property
    def widths(self) -> tuple[int, ...]:
        return WIDTHS_OF_STUDENTS if self.of_students else WIDTHS

    @property
    def facts(self) -> list[tuple[str, str]]:
        told = [(_("Recommended on"), self.day.isoformat())]
        return [*told, (_("Valid until"), self.valid_until.isoformat())] if self.valid_until else told


def letter_of(case: VisaCase) -> Letter | None:
    """The letter of a case that is recommended; of a programme with lists, the list of all under its number whom the
    running scope may name. None where the case is not recommended or has ended, or its number came without one.
    """
    text = LetterText.objects.filter(programme=case.programme_id).first()
    if case.recommended_on is None or not case.letter_number or text is None:
        return None
    text = _as_made(text, case)
    told = [case.programme_id, case.letter_number, case.recommended_on]
    with connection.cursor() as cursor:
        one = case.pk if text.own_letter else None
        cursor.execute("SELECT * FROM wall.people_of_letter(%s, %s, %s, %s)", [*told, one])
        rows = [_OnLetter(*row) for row in cursor.fetchall()]
        cursor.execute("SELECT wall.size_of_letter(%s, %s, %s)", told)
        (size,) = cursor.fetchone()
    if case.pk not in {row.case for row in rows}:
        return None
    show({row.client: row.workspace for row in rows})
    of_students = case.programme_id == STUDENT_VISA
    last = _studies_of(rows) if of_students else {row.case: (_town(row),) for row in rows}
    people = [_person(place, row) + last[row.case] for place, row in enumerate(rows, 1)]
    size = 1 if text.own_letter else size
    told = (text, case.letter_number, case.recommended_on, case.letter_valid_until, people, size, of_students)
    return Letter(*told)


def _as_made(text: LetterText, case: VisaCase) -> LetterText:
    """The text as it was when the letter, or the one that renewed it, was put on record."""
    steps = CaseStep.objects.standing().filter(case=case, kind__in=[StepKind.RECOMMENDED, StepKind.RENEWED])
    step = steps.order_by("pk").last()
    day, known = (step.happened_on, step.recorded_at) if step else (case.recommended_on, None)
    return Versions(Reference.LETTERS).held(text, day, known=known)


class _OnLetter(NamedTuple):
    """A person of a letter, as the database names them."""

    case: int
    client: int
    workspace: int
    municipality: str | None
    nationality: str | None
    born: date | None
    name: str | None


def _person(place: int, row: _OnLetter) -> tuple[str, ...]:
    with override("ko"):  # a letter is an official paper
        nation = kept_names(Country).get(row.nationality, "")
        return str(place), row.name or "", nation, row.born.isoformat() if row.born else ""


def _town(row: _OnLetter) -> str:
    with override("ko"):
        return kept_names(Municipality).get(row.municipality, "")


def _studies_of(rows: list[_OnLetter]) -> dict[int, tuple[str, ...]]:
    """Of each case the university, the major and the semester; what was not entered is left empty."""
    said = intended_of([row.case for row in rows])
    with override("ko"):
        universities = Workspace.objects.in_bulk({row.workspace for row in rows})
        return {
            row.case: (
                str(universities[row.workspace]),
                str(said[row.case].major) if row.case in said else "",
                said[row.case].semester if row.case in said else "",
            )
            for row in rows
        }


def as_pdf(letter: Letter) -> bytes:
    """Signs that no font here has are left out where they stand, and the letter says so: it shows no boxes."""
    with override("ko"):
        told = {
            "mark": _("Demonstration: all people are synthetic.") if settings.DEMO else "",
            "number_label": _("Document number"),
            "number": letter.number,
            "title": letter.text.title_ko,
            "columns": [
                {"name": name, "width": width} for name, width in zip(letter.heads, letter.widths, strict=True)
            ],
            "rows": [list(row) for row in letter.people],
            "body": letter.text.body_ko,
            "facts": [list(fact) for fact in letter.facts],
            "day": _in_korean(letter.day),
            "signer": letter.text.signer_ko,
        }
        data, notice = legible(told)
        return set_pdf(TEMPLATE, data | {"notice": notice})


def as_hwpx(letter: Letter) -> bytes:
    """The same as a document that Korean offices edit (HWPX): it is drawn in the letters of whoever opens it."""
    with override("ko"):
        document = HwpxDocument.new()
        if settings.DEMO:
            document.add_paragraph(_("Demonstration: all people are synthetic."))
        document.add_paragraph(f"{_('Document number')}  {letter.number}")
        document.add_paragraph("")
        document.add_paragraph(letter.text.title_ko)
        document.add_paragraph("")
        table = document.add_table(1 + len(letter.people), len(letter.heads))
        for line, row in enumerate([letter.heads, *letter.people]):
            for column, text in enumerate(row):
                table.set_cell_text(line, column, text)
        document.add_paragraph("")
        for text in (letter.text.body_ko, *(f"{name}: {value}" for name, value in letter.facts)):
            document.add_paragraph(text)
        for text in ("", _in_korean(letter.day), letter.text.signer_ko):
            document.add_paragraph(text)
    made = BytesIO()
    document.save_to_stream(made)
    return made.getvalue()


def _in_korean(day: date) -> str:
    return f"{day.year}년 {day.month}월 {day.day}일"
