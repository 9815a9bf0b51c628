"""The rows behind a figure as a list: one for each figure, found by its key."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from centers.listing import (
    CodeField,
    Column,
    FilterForm,
    Listing,
    MonthField,
    Order,
    WorkspaceField,
    empty_last,
    register,
    register_family,
    sortable,
)
from centers.listing.columns import field, link
from centers.listing.filters import Codes, YearField
from centers.models import Bed, SupportProgramme, WorkspaceKind
from centers.scope import WHOLE_PROVINCE, acting_for
from centers.selectors import scope_of, workspaces_where
from kpi.beds import offers
from kpi.evidence import OFFERED, Figure, Total
from kpi.models import PublishedFigure
from kpi.models.published import Audience
from kpi.numbers import plain
from kpi.opened import rows_behind
from kpi.published import Part, said_beside
from kpi.rollup import roll_up
from kpi.rows import SOURCES, FigureRows, RowShown, is_read_by, is_shut, title_of
from kpi.sheet import last_day
from kpi.templatetags.figures import plain as in_figures
from visas.models import VisaProgramme

OF_VISAS = {"visa_case", "dependant"}  # sources whose programmes are those of visas


class FigureFilterForm(FilterForm):
    """What is the same for all rows of the figure is not asked for."""

    permission = "view_figures"

    workspace = WorkspaceField(label=_("Workspace"))

    def __init__(self, data, *, figure: Figure, **options):
        self.figure = figure
        super().__init__(data, **options)

    def shape(self) -> None:
        narrowed = {name.removeprefix("visa_") for name, _code in self.figure.where}
        self.fields = {name: shown for name, shown in self.fields.items() if name not in narrowed}
        super().shape()


class RowFilterForm(FigureFilterForm):
    """By what every reader is shown of a row, so that no masked one is told from another by asking."""

    month = MonthField(label=_("Month"))
    source = CodeField(label=_("Kind"))
    programme = CodeField(label=_("Programme"))

    def shape(self) -> None:
        sources = self.figure.sources
        self.fields["source"].choices = [
            ("", self.fields["source"].none),
            *((name, SOURCES[name][1]) for name in sources),
        ]
        self.fields["programme"].rows = Codes(VisaProgramme if OF_VISAS.issuperset(sources) else SupportProgramme)
        if len(sources) == 1:
            del self.fields["source"]
        super().shape()

    def by_workspace(self, rows: FigureRows, code: str) -> FigureRows:
        return rows.only("workspace", code)

    def by_month(self, rows: FigureRows, month: date) -> FigureRows:
        return rows.only("month", f"{month:%Y-%m}")

    def by_source(self, rows: FigureRows, source: str) -> FigureRows:
        return rows.only("source", source)

    def by_programme(self, rows: FigureRows, code: str) -> FigureRows:
        return rows.only("programme", code)


class BedFilterForm(FigureFilterForm):
    def shape(self) -> None:
        super().shape()
        if "workspace" in self.fields:
            shelters = workspaces_where(self.viewer, self.permission).filter(kind=WorkspaceKind.SHELTER)
            self.fields["workspace"].rows = lambda: shelters

    def by_workspace(self, rows: QuerySet[Bed], code: str) -> QuerySet[Bed]:
        return rows.filter(room__workspace__code=code)


class RowOrder(Order):
    """The order of the rows by their day; a row's place is its token, which tells nothing of the record."""

    def key_of(self, row: RowShown) -> str:
        return row.token

    def sorted(self, rows: FigureRows, *, descending: bool) -> FigureRows:
        return replace(rows, upwards=not descending)

    def beyond(self, rows: FigureRows, key: str, *, descending: bool) -> FigureRows:
        return replace(rows, upwards=not descending, after=key)


@dataclass(frozen=True, kw_only=True)
class FigureListing(Listing):
    """The rows behind one figure: as many as the figure says, or adding up to it, for every reader of it."""

    figure: Figure
    permission: str = "view_figures"
    route: str = "kpi:evidence"
    code: str = "figure"
    template: str = "kpi/figure_rows.html"
    caption: str = _("Rows behind the figure")
    exact: bool = True

    def is_open_to(self, viewer: User) -> bool:
        return super().is_open_to(viewer) and is_read_by(viewer, self.figure) and not is_shut(self.figure)

    def total(self, rows: FigureRows | QuerySet[Bed]) -> Total:
        """How many these rows of it are, and what they add up to."""
        if isinstance(rows, FigureRows):
            return rows.total
        return Total(**rows.aggregate(number=Count("pk"), amount=Sum("nights", default=0)))


def listing_of(figure: Figure) -> FigureListing:
    """Raises ValueError for a figure that has no rows: of a rule that is not there, or whose figure is entered."""
    return _beds(figure) if figure.name == OFFERED else _records(figure)


def _records(figure: Figure) -> FigureListing:
    figure.asked()
    amount = Column(
        "amount",
        _("Counts"),
        value=lambda row, viewer: row.row.amount,
        shown=lambda row, viewer: plain(row.row.amount) if row.open else "–",
        css="table__number",
    )
    return FigureListing(
        figure=figure,
        of=(("figure", figure.key),),
        title=title_of(figure),
        rows=lambda viewer: FigureRows(figure, viewer),
        columns=(
            Column("day", _("Day or month"), value=_day, order="day"),
            Column("record", _("Record"), value=_record, shown=_record_shown),
            *([amount] if figure.is_sum else []),
            Column(
                "workspace",
                _("Workspace"),
                value=lambda row, viewer: str(row.place),
                code=lambda row: row.place.code,
            ),
            Column("kind", _("Kind"), value=lambda row, viewer: row.kind),
            Column(
                "programme",
                _("Programme"),
                value=lambda row, viewer: row.programme,
                code=lambda row: row.row.programme,
            ),
        ),
        orders=(RowOrder("day", ("happened_on",)),),
        form=partial(RowFilterForm, figure=figure),
        nothing=_("No row lies behind this figure."),
    )


def _day(row: RowShown, viewer: User) -> date | str:
    return row.row.happened_on if row.open else f"{row.row.month:%Y-%m}"


def _record(row: RowShown, viewer: User) -> str:
    return row.number if row.open else str(MASKED)


def _record_shown(row: RowShown, viewer: User) -> str:
    if not row.open:
        return format_html('<span class="badge">{}</span>', MASKED)
    return link(row.url, row.number) if row.url else row.number


MASKED = _("Masked")


def _beds(figure: Figure) -> FigureListing:
    """The beds that offer the nights; no record of anybody is read."""
    return FigureListing(
        figure=figure,
        of=(("figure", figure.key),),
        title=title_of(figure),
        rows=lambda viewer: offers(figure),
        columns=(
            Column(
                "workspace",
                _("Shelter"),
                value=lambda bed, viewer: str(bed.room.workspace),
                code=lambda bed: bed.room.workspace.code,
                order="place",
            ),
            Column("room", _("Room"), value=lambda bed, viewer: bed.room.code, shown=_room),
            field("code", _("Bed")),
            field("in_service_from", _("In service from")),
            field("in_service_to", _("Out of service from")),
            field("nights", _("Nights offered"), order="nights", css="table__number"),
        ),
        orders=(
            Order("place", ("room__workspace__code", "room__code", "code", "id"), descending=False),
            Order("nights", ("nights", "id")),
        ),
        form=partial(BedFilterForm, figure=figure),
        nothing=_("No bed is in service on these days."),
    )


def _room(bed: Bed, viewer: User) -> str:
    return format_html('{} <span class="muted">{}</span>', bed.room.code, bed.room.get_sex_rule_display())


def _asked_for(asked: Mapping[str, Any]) -> FigureListing:
    try:
        return listing_of(Figure.of(asked["figure"]))
    except ValueError as error:
        raise KeyError(*error.args) from error


register_family("figure", _asked_for)


class PublishedFilterForm(FilterForm):
    permission = "view_figures"
    day = "said_on"

    year = YearField(label=_("Year of the figure"))
    audience = CodeField(choices=Audience.choices, label=_("Told to"))

    def by_year(self, rows: QuerySet, year: int) -> QuerySet:
        return rows.filter(year=year)

    def by_audience(self, rows: QuerySet, audience: str) -> QuerySet:
        return rows.filter(audience=audience)


def _published(viewer: User) -> QuerySet:
    """Nobody stands in the register: it is read whole by who reads the figures of the province."""
    return sortable(PublishedFigure.objects.select_related("said_by").prefetch_related("corrected_by"), "said_on")


def _count_beside(rows: list[PublishedFigure], viewer: User) -> None:
    """Give each figure what is counted now (``said``): one roll-up for each year and day among them."""
    with acting_for(WHOLE_PROVINCE, actor=viewer, reason="published figures"):
        for said in said_beside(rows, last_day, _counted, rows_behind):
            said.figure.said = said


def _counted(year: int, day: date) -> dict:
    return roll_up(year, as_of=day) if year <= timezone.localdate().year else {}


def _corrections(row: PublishedFigure) -> list[tuple[str, str]]:
    """Whether it puts another right and was put right itself: the word of each, and the class of its badge."""
    marks = (
        (row.corrects_id, now("Correction"), "badge badge--note"),
        (row.said.corrected, now("Corrected later"), "badge"),
    )
    return [(told, css) for holds, told, css in marks if holds]


def _wording_shown(row: PublishedFigure, viewer: User) -> str:
    badges = format_html_join("", ' <span class="{}">{}</span>', ((css, told) for told, css in _corrections(row)))
    return format_html('<span lang="ko">{} <span class="muted">{}</span></span>{}', row.wording, row.source, badges)


def _value_shown(row: PublishedFigure, viewer: User) -> str:
    return format_html('{} <span lang="ko">{}</span>', in_figures(row.value), row.unit_ko)


def _counted_shown(row: PublishedFigure, viewer: User) -> str:
    said = row.said
    if said.counted is None:
        return format_html('<span class="muted">{}</span>', now("not comparable"))
    number = in_figures(said.counted)
    if len(said.parts) == 1 and said.parts[0].url:
        number = link(said.parts[0].url, number)
    if said.on is None:
        return number
    sheet = f"{reverse('kpi:sheet', args=[row.year])}?as_of={said.on}"
    return format_html('{}<br><a class="muted" href="{}">{}</a>', number, sheet, said.on.isoformat())


def _difference_shown(row: PublishedFigure, viewer: User) -> str:
    difference = row.said.difference
    if difference is None:
        return "–"
    if not difference:
        return now("the same")
    return format_html("<b>{}{}</b>", "+" if difference > 0 else "", in_figures(difference))


def _definition_shown(row: PublishedFigure, viewer: User) -> str:
    day = f" · {row.as_of}" if row.as_of else ""
    told = format_html('<span lang="{}">{}</span>{}', row.definition_language, row.definition, day)
    several = len(row.said.parts) > 1
    if row.said.parts:
        parts = format_html_join(" + ", "{}", ((_part_shown(part, numbered=several),) for part in row.said.parts))
        told = format_html('{}<br><span class="muted">{}</span>', told, parts)
    if row.said.corrected or "enter_figures" not in scope_of(viewer).everywhere:
        return told
    way = '{}<br><a class="no-print" href="{}?corrects={}">{}<span class="visually-hidden"> {}</span></a>'
    return format_html(way, told, reverse("kpi:published_new"), row.pk, now("Correct"), row.wording)


def _part_shown(part: Part, *, numbered: bool) -> str:
    if not numbered or part.number is None:
        return part.name
    number = in_figures(part.number)
    return format_html("{} {}", part.name, link(part.url, number) if part.url else number)


PUBLISHED = register(
    Listing(
        code="published-figures",
        route="kpi:published",
        title=_("Published figures"),
        caption=_("Published figures"),
        permission="view_figures",
        everywhere=True,
        rows=_published,
        beside=_count_beside,
        columns=(
            Column(
                "said_on",
                _("Said on"),
                value=lambda row, viewer: row.said_on,
                shown=lambda row, viewer: row.said_on.isoformat() if row.said_on else "–",
                order="said",
                main=True,
            ),
            Column(
                "audience",
                _("Told to"),
                value=lambda row, viewer: row.get_audience_display(),
                code=lambda row: row.audience,
            ),
            field("year", _("Year"), order="year"),
            Column(
                "wording",
                _("What was said"),
                value=lambda row, viewer: row.wording,
                shown=_wording_shown,
                css="table__wide",
                main=True,
            ),
            Column(
                "value",
                _("Said"),
                value=lambda row, viewer: plain(row.value),
                shown=_value_shown,
                css="table__number",
            ),
            field("unit_ko", _("Unit"), in_file=True),
            Column(
                "counted",
                _("Counted now"),
                value=lambda row, viewer: plain(row.said.counted),
                shown=_counted_shown,
                css="table__number",
            ),
            Column(
                "difference",
                _("Difference"),
                value=lambda row, viewer: plain(row.said.difference),
                shown=_difference_shown,
                css="table__number",
            ),
            Column(
                "definition",
                _("Definition"),
                value=lambda row, viewer: row.definition,
                shown=_definition_shown,
                css="table__wide",
            ),
            field("as_of", _("As of"), in_file=True),
            field("source", _("Source"), in_file=True),
            Column(
                "correction",
                _("Correction"),
                value=lambda row, viewer: ", ".join(told for told, _css in _corrections(row)),
                in_file=True,
            ),
        ),
        orders=(empty_last("said", "said_on"), Order("year", ("year", "id"))),
        form=PublishedFilterForm,
        template="kpi/published.html",
        nothing=_(
            "No figure was kept yet. Enter what is told outside on the day it is told, so that the next sheet can be "
            "compared with it."
        ),
        exact=True,
    )
)
