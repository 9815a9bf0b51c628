"""Letters and lists of recommendation (추천서, 추천자 명단): made of what is on record now, as PDF and HWPX."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from hwpx.document import HwpxDocument

from accounts.models import User
from cases.models import Client, NameKind
from centers.models.codes import name_of
from config.legible import legible
from config.typeset import set_pdf
from visas.models import LetterText, VisaCase
from visas.models.case import LIVE

TEMPLATE = Path(__file__).parent / "typst" / "letter.typ"
MOST = 500  # people of one list
WIDTHS = (1, 4, 2, 2, 2)


@dataclass(frozen=True)
class Letter:
    """What a letter says. ``people`` are rows of number, name, nationality, birth date and municipality."""

    text: LetterText
    number: str
    day: date
    valid_until: date | None
    people: list[tuple[str, ...]]
    cases: list[VisaCase]

    @property
    def nameless(self) -> bool:
        """Whether somebody on it has no name that its reader may read: such a letter recommends nobody."""
        return any(not name for _place, name, *_rest in self.people)

    @property
    def heads(self) -> tuple[str, ...]:
        return (_("Running number"), _("Name"), _("Nationality"), _("Birth date"), _("Municipality"))

    @property
    def facts(self) -> list[tuple[str, str]]:
        told = [(_("Recommended on"), self.day.isoformat())]
        return [*told, (_("Valid until"), self.valid_until.isoformat())] if self.valid_until else told


def letter_of(case: VisaCase, viewer: User) -> Letter | None:
    """The letter of a case that is recommended; of a programme with lists, the list of all under its number that the
    viewer may read. None where the case is not recommended or has ended, or its number came without one.
    """
    text = LetterText.objects.filter(programme=case.programme_id).first()
    live = VisaCase.objects.visible_to(viewer).filter(LIVE, pk=case.pk).exists()
    if not live or case.recommended_on is None or not case.letter_number or text is None:
        return None
    cases = [case] if text.own_letter else _of_one_list(case, viewer)
    clients = Client.objects.visible_to(viewer).prefetch_related("names").in_bulk([row.client_id for row in cases])
    readable = [row for row in cases if row.client_id in clients]
    people = [_person(place, row, clients[row.client_id]) for place, row in enumerate(readable, 1)]
    return Letter(text, case.letter_number, case.recommended_on, case.letter_valid_until, people, readable)


def _of_one_list(case: VisaCase, viewer: User) -> list[VisaCase]:
    """Who stands on the list still: a case that ended is on it no more."""
    rows = VisaCase.objects.visible_to(viewer).filter(LIVE, recommended_on=case.recommended_on)
    rows = rows.filter(programme=case.programme_id, letter_number=case.letter_number)
    return list(rows.order_by("recommended_on", "pk")[:MOST])


def _person(place: int, case: VisaCase, client: Client) -> tuple[str, ...]:
    names = sorted(client.names.all(), key=lambda name: (name.kind != NameKind.ROMAN, name.pk))
    born = client.birth_date.isoformat() if client.birth_date else ""
    with override("ko"):  # a letter is an official paper
        return (
            str(place), names[0].text if names else "", name_of(client, "nationality") or "", born,
            name_of(case, "municipality") or "",
        )  # fmt: skip


def as_pdf(letter: Letter) -> bytes:
    """Signs that no font here has are left out where they stand, and the letter says so: it shows no boxes."""
    with override("ko"):
        told = {
            "mark": _("Demonstration: all people are synthetic.") if settings.DEMO else "",
            "number_label": _("Document number"),
            "number": letter.number,
            "title": letter.text.title_ko,
            "columns": [{"name": name, "width": width} for name, width in zip(letter.heads, WIDTHS, strict=True)],
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
