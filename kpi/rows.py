"""How the rows behind a figure are shown to one viewer, and what the figure is called."""

from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.models import Activity, Channel, Country, FamilyLink, Language, Session, Stay, Topic
from centers.models import Municipality, SupportProgramme, Workspace
from kpi.behind import Row, names_of_workspaces
from kpi.models import Indicator
from visas.models import QuotaPool, VisaCase, VisaProgramme, Voucher

SOURCES: dict[str, tuple[type[Model], str]] = {
    "session": (Session, gettext_lazy("Counselling session")),
    "activity": (Activity, gettext_lazy("Activity")),
    "stay": (Stay, gettext_lazy("Stay")),
    "voucher": (Voucher, gettext_lazy("Voucher paid")),
    "visa_case": (VisaCase, gettext_lazy("Visa case")),
    "dependant": (FamilyLink, gettext_lazy("Dependant settled")),
}
WORDS = {
    "indicators": gettext_lazy("Performance indicators"),
    "programmes": gettext_lazy("Programmes"),
    "counselling": gettext_lazy("Counselling"),
    "visas": gettext_lazy("Visa recommendations"),
    "quotas": gettext_lazy("Quotas"),
    "vouchers": gettext_lazy("Upgrade vouchers paid"),
    "shelter": gettext_lazy("Shelter"),
    "sessions": gettext_lazy("Sessions (cases)"),
    "client_visits": gettext_lazy("Clients in sessions (visits)"),
    "unique_persons": gettext_lazy("Distinct persons"),
    "anonymous_sessions": gettext_lazy("Anonymous sessions"),
    "minutes": gettext_lazy("Minutes"),
    "received": gettext_lazy("Received"),
    "recommended": gettext_lazy("Recommended"),
    "taken": gettext_lazy("Recommended"),
    "granted": gettext_lazy("Granted"),
    "refused": gettext_lazy("Refused"),
    "settled": gettext_lazy("Settled"),
    "left": gettext_lazy("Left"),
    "dependants_settled": gettext_lazy("Dependants settled"),
    "session": gettext_lazy("Sessions"),
    "activity": gettext_lazy("Activities"),
    "voucher": gettext_lazy("Vouchers"),
    "stay": gettext_lazy("Stays"),
    "stays": gettext_lazy("Stays"),
    "persons": gettext_lazy("Distinct persons"),
    "bed_nights": gettext_lazy("Bed nights"),
}
# Words that only lead to the code after them, and where that code has its name.
CODES: dict[str, type[Model] | None] = {
    "by_center": Workspace,
    "by_month": None,
    "by_language": Language,
    "by_channel": Channel,
    "by_topic": Topic,
    "by_nationality": Country,
    "by_programme": VisaProgramme,
    "by_municipality": Municipality,
    "by_university": None,
    "indicators": Indicator,
    "programmes": SupportProgramme,
    "quotas": QuotaPool,
}
PLAIN = {"paid"}


@dataclass(frozen=True)
class RowShown:
    """A row as one viewer sees it. ``number`` and ``url`` are empty where the record itself is not theirs to read."""

    row: Row
    workspace: str
    programme: str
    kind: str
    open: bool
    number: str = ""
    url: str = ""


def shown_to(viewer: User, rows: list[Row]) -> list[RowShown]:
    """The rows in their order, each open or masked by what the viewer's own roles reach."""
    workspaces = names_of_workspaces(rows)
    programmes = {**SupportProgramme.objects.in_bulk(), **VisaProgramme.objects.in_bulk()}
    readable = {source: _readable(viewer, source, rows) for source in {row.source for row in rows}}
    return [
        _shown(row, str(workspaces[row.workspace_id]), str(programmes.get(row.programme, "")), readable[row.source])
        for row in rows
    ]


def _readable(viewer: User, source: str, rows: list[Row]) -> dict[int, Model]:
    model = SOURCES[source][0]
    wanted = [row.source_id for row in rows if row.source == source]
    return {record.pk: record for record in model.objects.visible_to(viewer).filter(pk__in=wanted)}


def _shown(row: Row, workspace: str, programme: str, readable: dict[int, Model]) -> RowShown:
    record = readable.get(row.source_id)
    kind = str(SOURCES[row.source][1])
    if record is None:
        return RowShown(row, workspace, programme, kind, open=False)
    address = record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""
    return RowShown(row, workspace, programme, kind, open=True, number=record.ref or str(record.pk), url=address)


def title_of(key: str) -> str:
    """The figure in words: 상담 · 베트남어."""
    words, model, code_next = [], None, False
    for part in key.split("/"):
        if code_next:
            words.append(_name(model, part))
            code_next = False
        elif part not in PLAIN and part in WORDS:
            words.append(str(WORDS[part]))
        if part in CODES:
            model, code_next = CODES[part], True
    return " · ".join(words)


def _name(model: type[Model] | None, code: str) -> str:
    if code == "52":
        return _("Province, no municipality")
    if code == "unknown":
        return _("Not known")
    row = model and model.objects.filter(code=code).first()
    return str(row) if row else code
