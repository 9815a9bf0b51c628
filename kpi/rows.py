"""How the rows behind a figure are shown to one viewer, and what the figure is called."""

from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.models import Activity, Channel, Country, FamilyLink, Language, Session, SessionClient, Stay, Topic
from cases.selectors import shut_topics
from centers.listing.filters import left_out
from centers.models import Municipality, SupportProgramme, Workspace
from centers.selectors import scope_of, workspaces_where
from kpi.evidence import OFFERED, READING, Evidence, Figure, Total, evidence, total
from kpi.models import CountingRule
from visas.models import QuotaPool, VisaCase, VisaProgramme, Voucher
from visas.quotas import TAKEN

SOURCES: dict[str, tuple[type[Model], str]] = {
    "session": (Session, gettext_lazy("Counselling session")),
    "session_other": (SessionClient, gettext_lazy("Counselled with others")),
    "activity": (Activity, gettext_lazy("Activity")),
    "stay": (Stay, gettext_lazy("Stay")),
    "voucher": (Voucher, gettext_lazy("Voucher paid")),
    "visa_case": (VisaCase, gettext_lazy("Visa case")),
    "dependant": (FamilyLink, gettext_lazy("Dependant settled")),
}
COUNSELLING = gettext_lazy("Counselling")
VISAS = gettext_lazy("Visa recommendations")
VOUCHERS = gettext_lazy("Upgrade vouchers paid")
SHELTER = gettext_lazy("Shelter")
# Of what and what: the part of the sheet, and the number in it.
WORDS: dict[str, tuple[str, str]] = {
    "session": (COUNSELLING, gettext_lazy("Sessions (cases)")),
    "clients": (COUNSELLING, gettext_lazy("Clients in sessions (visits)")),
    "minutes": (COUNSELLING, gettext_lazy("Minutes")),
    "person": (COUNSELLING, gettext_lazy("Distinct persons")),
    "activity": (gettext_lazy("Programmes"), gettext_lazy("Activities")),
    "participants": (gettext_lazy("Programmes"), gettext_lazy("Participants")),
    "voucher": (VOUCHERS, gettext_lazy("Vouchers")),
    "won": (VOUCHERS, gettext_lazy("Won")),
    "province_won": (VOUCHERS, gettext_lazy("Province 30 %")),
    "municipality_won": (VOUCHERS, gettext_lazy("Municipality 70 %")),
    "stay": (SHELTER, gettext_lazy("Stays")),
    "night": (SHELTER, gettext_lazy("Bed nights")),
    "shelter_person": (SHELTER, gettext_lazy("Distinct persons")),
    OFFERED: (SHELTER, gettext_lazy("Nights offered")),
    "dependant_settled": (VISAS, gettext_lazy("Dependants settled")),
    "visa_received": (VISAS, gettext_lazy("Received")),
    "visa_recommended": (VISAS, gettext_lazy("Recommended")),
    "visa_granted": (VISAS, gettext_lazy("Granted")),
    "visa_refused": (VISAS, gettext_lazy("Refused")),
    "visa_settled": (VISAS, gettext_lazy("Settled")),
    "visa_left": (VISAS, gettext_lazy("Left")),
    "seat": (gettext_lazy("Quotas"), TAKEN),
    "seat_granted": (gettext_lazy("Quotas"), gettext_lazy("Granted")),
    "seat_settled": (gettext_lazy("Quotas"), gettext_lazy("Settled")),
}
# Where the codes of a split have their names.
CODES: dict[str, type[Model]] = {
    "workspace": Workspace,
    "university": Workspace,
    "language": Language,
    "channel": Channel,
    "topic": Topic,
    "nationality": Country,
    "programme": SupportProgramme,
    "visa_programme": VisaProgramme,
    "municipality": Municipality,
    "pool": QuotaPool,
}


@dataclass(frozen=True)
class RowShown:
    """A row as one viewer sees it. ``number`` and ``url`` are empty where the record itself is not theirs to read."""

    row: Evidence
    place: Workspace
    programme: str
    kind: str
    open: bool
    number: str = ""
    url: str = ""

    @property
    def token(self) -> str:
        return self.row.token


@dataclass(frozen=True)
class FigureRows:
    """The rows behind a figure as a list reads them: narrowed, from either end, from one row on, and counted."""

    figure: Figure
    viewer: User
    narrowed: tuple[tuple[str, str], ...] = ()
    upwards: bool = False
    after: str = ""

    def only(self, shown: str, code: str) -> "FigureRows":
        """Those alone of which every reader is shown this: a month, a workspace, a programme or a kind of record."""
        return replace(self, narrowed=(*self.narrowed, (shown, code)))

    @cached_property
    def total(self) -> Total:
        return total(self.figure, dict(self.narrowed))

    def count(self) -> int:
        return self.total.number

    def __getitem__(self, page: slice) -> list[RowShown]:
        way = {"upwards": self.upwards, "after": self.after, "limit": page.stop}
        return shown_to(self.viewer, evidence(self.figure, dict(self.narrowed), **way))


def is_shut(figure: Figure) -> bool:
    """Whether the rows of the figure, by being its rows, would tell an official what they may not read of a person."""
    return not shut_topics().isdisjoint(figure.codes_of("topic"))


def is_read_by(viewer: User, figure: Figure) -> bool:
    """Whether the figure is of a workspace whose figures the person reads; all others are the province's."""
    codes = figure.codes_of("workspace")
    if "view_figures" in scope_of(viewer).everywhere:
        return True
    return bool(codes) and workspaces_where(viewer, "view_figures").filter(code__in=codes).exists()


def shown_to(viewer: User, rows: list[Evidence]) -> list[RowShown]:
    """The rows in their order, each open or masked as the database gave them to the viewer."""
    workspaces = Workspace.objects.in_bulk({row.workspace_id for row in rows})
    programmes = {**SupportProgramme.objects.in_bulk(), **VisaProgramme.objects.in_bulk()}
    readable = {source: _readable(viewer, source, rows) for source in {row.source for row in rows}}
    return [
        _shown(row, workspaces[row.workspace_id], str(programmes.get(row.programme, "")), readable[row.source])
        for row in rows
    ]


def _readable(viewer: User, source: str, rows: list[Evidence]) -> dict[int, Model]:
    wanted = [row.source_id for row in rows if row.source == source and row.source_id]
    return SOURCES[source][0].objects.visible_to(viewer).in_bulk(wanted) if wanted else {}


def _shown(row: Evidence, place: Workspace, programme: str, readable: dict[int, Model]) -> RowShown:
    record = readable.get(row.source_id)
    kind = str(SOURCES[row.source][1])
    if record is None:
        return RowShown(row, place, programme, kind, open=False)
    address = record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""
    return RowShown(row, place, programme, kind, open=True, number=record.ref or str(record.pk), url=address)


def title_of(figure: Figure) -> str:
    """The figure in words: 상담 · 건수 · 베트남어."""
    if figure.name == READING:
        rule = rule_of(figure)
        return f"{rule.indicator} · {rule}"
    return " · ".join([*map(str, WORDS[figure.name]), *(_name(*part) for part in figure.where)])


def rule_of(figure: Figure) -> CountingRule:
    """The rule that a reading is of."""
    return CountingRule.objects.select_related("indicator").get(code=figure.where[0][1])


def _name(dimension: str, code: str) -> str:
    if dimension == "identity":
        return _("Anonymous sessions") if code == "anonymous" else _("Distinct persons")
    if code == "52":
        return _("Province, no municipality")
    if code == "unknown":
        return _("Not known")
    if codes := left_out(code):
        return _("Other than %(names)s") % {"names": ", ".join(_name(dimension, other) for other in codes)}
    row = CODES[dimension].objects.filter(code=code).first() if dimension in CODES else None
    return str(row) if row else code
