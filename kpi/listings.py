"""The rows behind a figure as a list: one for each figure, found by its key."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from centers.listing import CodeField, Column, FilterForm, Listing, MonthField, Order, WorkspaceField, register_family
from centers.listing.columns import field, link
from centers.listing.filters import Codes
from centers.models import Bed, SupportProgramme, WorkspaceKind
from centers.selectors import workspaces_where
from kpi.beds import offers
from kpi.evidence import OFFERED, Figure, Total
from kpi.numbers import plain
from kpi.rows import SOURCES, FigureRows, RowShown, is_read_by, is_shut, title_of
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
