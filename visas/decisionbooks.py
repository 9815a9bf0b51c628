"""The books of reference data that the province changes by documents: what each has, and what a change touches."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from centers.models.municipality import Term
from visas.decisions import ALL, said_now
from visas.forms.decision import (
    AreasForm,
    ClassesForm,
    DecisionForm,
    LetterForm,
    PermitForm,
    PointsTableForm,
    ReasonForm,
    Said,
    StatusForm,
)
from visas.models import (
    Decision,
    LetterText,
    PointItem,
    ProgrammeArea,
    QuestionReason,
    Reference,
    StudyPermitKind,
    StudyStatus,
    VisaCase,
    VisaProgramme,
)
from visas.models.case import LIVE


@dataclass(frozen=True)
class BookRow:
    """A row of a book as it stands: what it says, where that stands, and the decisions on it, the last one first."""

    key: str
    name: str
    said: list[Said]
    sources: list[str]
    decisions: list[Decision]

    @property
    def missing(self) -> int:
        return sum(one.missing for one in self.said)


@dataclass(frozen=True)
class Book:
    """One book: ``lead`` says what its rows are for, ``keeps`` what a change leaves. ``names`` are those of the rows
    by their keys, ``sources`` where that stands which a row says. ``touched`` says what becomes of the records when
    a decision is written; with ``turns_conditions`` the cases are named that would be answered otherwise.
    """

    kind: Reference
    lead: str
    keeps: str
    form: type[DecisionForm]
    names: Callable[[], dict[str, str]]
    sources: Callable[[str], QuerySet | list]
    touched: Callable[[Decision, User], list[str]] = lambda row, viewer: []
    turns_conditions: bool = False

    def rows(self) -> list[BookRow]:
        decisions: dict[str, list[Decision]] = {}
        for row in Decision.objects.filter(book=self.kind).select_related("entered_by"):
            decisions.setdefault(row.key, []).append(row)
        return [
            BookRow(key, name, self.form.said(said_now(self.kind, key)), self._where(key), decisions.get(key, []))
            for key, name in self.names().items()
        ]

    def _where(self, key: str) -> list[str]:
        return list(dict.fromkeys(source for source in self.sources(key) if source))

    def changes(self, before: dict, told: dict) -> list[tuple[str, str, str]]:
        """What reads otherwise: its name, as it was, and as it is said; empty where it was or is not there."""
        was = {one.name: one.text for one in self.form.said(before)}
        becomes = {one.name: one.text for one in self.form.said(told)}
        return [
            (name, was.get(name, ""), becomes.get(name, ""))
            for name in dict.fromkeys([*was, *becomes])
            if was.get(name) != becomes.get(name)
        ]


def _of_programmes(having: str = "pk") -> Callable[[], dict[str, str]]:
    rows = VisaProgramme.objects.filter(**{f"{having}__isnull": False}).distinct()
    return lambda: {row.pk: str(row) for row in rows.all()}


def _of_terms(model: type[Term]) -> Callable[[], dict[str, str]]:
    return lambda: {row.pk: str(row) for row in model.objects.all()}


def _sources(model: type[Model], key: str, only: Q | None = None) -> Callable[[str], QuerySet]:
    rows = model.objects.filter(only or Q()).order_by("pk")
    return lambda of: rows.filter(**{key: of}).values_list("source", flat=True)


def _points_touched(row: Decision, viewer: User) -> list[str]:
    cases = VisaCase.objects.visible_to(viewer).filter(programme=row.key)
    begun = cases.filter(point_rows__isnull=False).distinct().count()
    new = cases.filter(LIVE, recommended_on=None, received_on__gte=row.from_on, point_rows=None).count()
    return [
        ngettext(
            "%(number)d self-assessment that was begun keeps its table and its total.",
            "%(number)d self-assessments that were begun keep their table and their totals.",
            begun,
        )
        % {"number": begun},
        ngettext(
            "%(number)d open case without a self-assessment gets this table.",
            "%(number)d open cases without a self-assessment get this table.",
            new,
        )
        % {"number": new},
    ]


def _letters_touched(row: Decision, viewer: User) -> list[str]:
    made = VisaCase.objects.visible_to(viewer).filter(programme=row.key).exclude(letter_number="").count()
    told = ngettext(
        "%(number)d case with a letter keeps the text of its letter.",
        "%(number)d cases with a letter keep the text of their letters.",
        made,
    )
    return [told % {"number": made}]


def _areas_touched(row: Decision, viewer: User) -> list[str]:
    here = row.told["municipalities"]
    cases = VisaCase.objects.visible_to(viewer).filter(LIVE, programme=row.key, municipality__isnull=False)
    outside = cases.exclude(municipality__in=here).count() if here else 0
    told = ngettext(
        "%(number)d open case in another municipality goes on as it was received.",
        "%(number)d open cases in other municipalities go on as they were received.",
        outside,
    )
    return [told % {"number": outside}]


_STANDING_LINES = Q(replaced_by=None, valid_to=None)

BOOKS: dict[str, Book] = {
    book.kind: book
    for book in (
        Book(
            kind=Reference.POINTS,
            lead=gettext_lazy("What each line of the self-assessment gives, for cases received from a day on."),
            keeps=gettext_lazy("A self-assessment that was begun keeps the table that it was begun with."),
            form=PointsTableForm,
            names=_of_programmes("point_items"),
            sources=_sources(PointItem, "programme", _STANDING_LINES),
            touched=_points_touched,
        ),
        Book(
            kind=Reference.LETTERS,
            lead=gettext_lazy("What a letter of recommendation says around the names."),
            keeps=gettext_lazy("A letter that was made keeps the text of its day."),
            form=LetterForm,
            names=_of_programmes("letter_text"),
            sources=_sources(LetterText, "programme"),
            touched=_letters_touched,
        ),
        Book(
            kind=Reference.AREAS,
            lead=gettext_lazy("In which municipalities a programme is offered to those received from a day on."),
            keeps=gettext_lazy("Who was received before goes on."),
            form=AreasForm,
            names=_of_programmes(),
            sources=_sources(ProgrammeArea, "programme"),
            touched=_areas_touched,
        ),
        Book(
            kind=Reference.CLASSES,
            lead=gettext_lazy("How the state classes each municipality. Conditions and duties ask for it."),
            keeps=gettext_lazy("A case is judged by the classes of the day on which it was received."),
            form=ClassesForm,
            names=lambda: {ALL: _("All municipalities")},
            sources=lambda key: [],
            turns_conditions=True,
        ),
        Book(
            kind=Reference.STATUSES,
            lead=gettext_lazy("Which changes of a student have to be reported, and which count as departure."),
            keeps=gettext_lazy("A change that is on record keeps its last day to report."),
            form=StatusForm,
            names=_of_terms(StudyStatus),
            sources=_sources(StudyStatus, "pk"),
        ),
        Book(
            kind=Reference.PERMITS,
            lead=gettext_lazy("How many hours a week a student may work, and the level of Korean that it asks for."),
            keeps=gettext_lazy("A permission is judged by the day on which it begins."),
            form=PermitForm,
            names=_of_terms(StudyPermitKind),
            sources=_sources(StudyPermitKind, "pk"),
        ),
        Book(
            kind=Reference.REASONS,
            lead=gettext_lazy("How long an office has to find out what becomes of a dependant."),
            keeps=gettext_lazy("A question that was asked keeps its last day."),
            form=ReasonForm,
            names=_of_terms(QuestionReason),
            sources=_sources(QuestionReason, "pk"),
        ),
    )
}
