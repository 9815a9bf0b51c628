"""What happened with a person, newest first, as far as one viewer may see it: pages of a few, from many tables.

Each kind of record has a source that gives its entries. A source with few rows gives them all; the sessions, of
which there may be thousands, give as many as one page takes. So a page asks the database the same number of times
for a client with one session and for one with two thousand.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.families import households_of
from cases.files import stays_of
from cases.history import Change, changes, former, parts_changed, plainly
from cases.models import (
    Client,
    ClientMerge,
    ClientName,
    Contact,
    FamilyLink,
    Household,
    Session,
    SessionClient,
    Stay,
    StayLeave,
)
from cases.models.session import called_from
from cases.selectors import status_shown
from centers.models.codes import row_of
from centers.prepared import prepared

SIZE = 30
# The kinds, and their order within a day: what stands further down here comes first on the page.
KINDS: dict[str, str] = {
    "file": gettext_lazy("Files"),
    "change": gettext_lazy("Changes"),
    "family": gettext_lazy("Family"),
    "stay": gettext_lazy("Stays"),
    "voucher": gettext_lazy("Vouchers"),
    "study": gettext_lazy("Studies"),
    "duty": gettext_lazy("Duties"),
    "visa": gettext_lazy("Visa cases"),
    "session": gettext_lazy("Sessions"),
}
RANK = {kind: rank for rank, kind in enumerate(KINDS)}
TOLD_OF_CLIENT = {
    "nationality": gettext_lazy("Nationality"),
    "birth_date": gettext_lazy("Birth date"),
    "sex": gettext_lazy("Sex"),
    "status": gettext_lazy("Status of residence"),
    "status_expires_on": gettext_lazy("Status expires on"),
    "language": gettext_lazy("Language"),
    "municipality": gettext_lazy("Municipality"),
    "ref": gettext_lazy("Number"),
}

# What of a file is kept as it was, by the key that names the file.
KEPT_OF_FILE = {"fields": (Client, "pgh_obj"), "names": (ClientName, "client"), "contacts": (Contact, "client")}


class Place(NamedTuple):
    """Where an entry stands in the order; the token of the next page names the last one shown."""

    day: date
    rank: int
    number: int

    @property
    def token(self) -> str:
        return f"{self.day:%Y%m%d}.{self.rank}.{self.number}"

    @classmethod
    def of(cls, token: str) -> "Place | None":
        """The place that a token names; none where it names none."""
        try:
            day, rank, number = token.split(".")
            return cls(date.fromisoformat(day), int(rank), min(int(number), 2**63 - 1))
        except ValueError:
            return None


NEWEST = Place(date.max, len(KINDS), 0)  # before all entries


@dataclass(frozen=True)
class Entry:
    """One thing that happened. ``url`` leads to its record, where it has a page; ``mark`` warns, as of a void one."""

    kind: str
    day: date
    number: int
    title: str
    detail: str = ""
    url: str = ""
    workspace: str = ""
    mark: str = ""

    @property
    def place(self) -> Place:
        return Place(self.day, RANK[self.kind], self.number)

    @property
    def month(self) -> date:
        return self.day.replace(day=1)

    @property
    def kind_name(self) -> str:
        return KINDS[self.kind]


@dataclass(frozen=True)
class About:
    """Whose timeline it is: a client, and the files on the same person that the viewer's own workspaces keep.

    ``changed`` names what of the client's own file was once another than it is (``KEPT_OF_FILE``).
    """

    client: Client
    files: tuple[Client, ...]
    viewer: User
    before: Place | None = None
    changed: Collection[str] = ()

    @cached_property
    def ids(self) -> list[int]:
        return [file.pk for file in self.files]

    @cached_property
    def households(self) -> list[Household]:
        return households_of(self.ids, self.viewer)

    @cached_property
    def stays(self) -> list[Stay]:
        return stays_of(self.viewer, ids=self.ids)


Source = Callable[[About], Iterable[Entry]]


@dataclass(frozen=True)
class Timeline:
    entries: list[Entry]
    older: str


def timeline(about: About, sources: dict[str, Source], kind: str = "") -> Timeline:
    """One page of the entries of all sources, or of the one of a kind."""
    chosen = [sources[kind]] if kind in sources else sources.values()
    found = [entry for source in chosen for entry in source(about)]
    found = [entry for entry in found if about.before is None or entry.place < about.before]
    found.sort(key=lambda entry: entry.place, reverse=True)
    shown = found[:SIZE]
    return Timeline(shown, shown[-1].place.token if len(found) > SIZE else "")


def sessions(about: About) -> Iterator[Entry]:
    """The sessions with the client, and those in which they were counselled with others."""
    before = about.before or NEWEST
    asked = {"ids": about.ids, "day": before.day, "number": before.number}
    with_others = [_as_one(row) for row in _with_others(about.viewer, before.rank, **asked)]
    for row in [*_alone(about.viewer, before.rank, **asked), *with_others]:
        beside = _("with others") if row in with_others else ""
        told = (beside, row.language, row.channel, row.outcome, row.counsellor_called)
        yield Entry(
            "session",
            row.held_on,
            row.pk,
            str(row.topic),
            " · ".join(str(part) for part in told if part),
            row.get_absolute_url(),
            str(row.workspace),
            _("Void") if row.voided_at else "",
        )


@prepared
def _alone(viewer: User, rank: int, *, ids: list[int], day: date, number: int) -> QuerySet[Session]:
    rows = Session.objects.visible_to(viewer).filter(_further("held_on", Place(day, rank, number)), client__in=ids)
    return rows.with_counsellor().order_by("-held_on", "-pk")[: SIZE + 1]


@prepared
def _with_others(viewer: User, rank: int, *, ids: list[int], day: date, number: int) -> QuerySet[SessionClient]:
    further = _further("held_on", Place(day, rank, number), "session")
    rows = SessionClient.objects.visible_to(viewer).filter(further, client__in=ids)
    called = called_from("session__")
    return rows.select_related("session").annotate(called=called).order_by("-held_on", "-session")[: SIZE + 1]


def _as_one(row: SessionClient) -> Session:
    row.session.counsellor_called = row.called
    return row.session


def _further(field: str, before: Place, number: str = "pk") -> Q:
    """The sessions that come after a place in the order."""
    if before.rank == NEWEST.rank:
        return Q()
    if before.rank < RANK["session"]:
        return Q(**{f"{field}__lt": before.day})
    same_day = Q(**{field: before.day, f"{number}__lt": before.number})
    return Q(**{f"{field}__lte": before.day}) & (Q(**{f"{field}__lt": before.day}) | same_day)


def stays(about: About) -> Iterator[Entry]:
    by_id = {row.pk: row for row in about.stays}
    for row in by_id.values():
        bed = _("Room %(room)s, bed %(bed)s") % {"room": row.bed.room.code, "bed": row.bed.code}
        came = " · ".join(part for part in (bed, row.reason and str(row.reason)) if part)
        yield _of_stay(row, row.checked_in_on, _("Came to the shelter"), came, 0)
        if row.checked_out_on:
            yield _of_stay(row, row.checked_out_on, _("Left the shelter"), bed, 1)
    for leave in _leaves(about.viewer, stays=list(by_id)):
        back = _("back on %(day)s") % {"day": leave.back_on.isoformat()}
        yield _of_stay(by_id[leave.stay_id], leave.left_on, _("Away from the shelter"), back, 2)


@prepared
def _leaves(viewer: User, *, stays: list[int]) -> QuerySet[StayLeave]:
    return StayLeave.objects.visible_to(viewer).filter(stay__in=stays)


def _of_stay(stay: Stay, day: date, title: str, detail: str, step: int) -> Entry:
    mark = _("Void") if stay.voided_at else ""
    return Entry(
        "stay", day, stay.pk * 3 + step, title, detail, stay.get_absolute_url(), str(stay.workspace), mark
    )  # fmt: skip


def family(about: About) -> Iterator[Entry]:
    """Coming and settling of those who came with the person, and of the person who came with somebody."""
    if not about.households:
        return
    for row in _links(about.viewer, ids=about.ids):
        own = row.client_id in about.ids
        other = row.household.principal_id if own else row.client_id
        url = Client(pk=other).get_absolute_url()
        for step, (day, title) in enumerate(
            [
                (row.entered_on, _("Entered as a dependant") if own else _("Dependant entered")),
                (row.settled_on, _("Settled as a dependant") if own else _("Dependant settled")),
            ]
        ):
            if day:
                yield Entry("family", day, row.pk * 2 + step, title, str(row.relation), url, str(row.workspace))


@prepared
def _links(viewer: User, *, ids: list[int]) -> QuerySet[FamilyLink]:
    rows = FamilyLink.objects.visible_to(viewer).select_related("household")
    return rows.filter(Q(client__in=ids) | Q(household__principal__in=ids))


def files(about: About) -> Iterator[Entry]:
    for file in about.files:
        day = file.recorded_on or timezone.localdate(file.recorded_at)
        title = _("File opened") if file.recorded_on else _("File taken over into the system")
        yield Entry("file", day, file.pk, title, "", file.get_absolute_url(), str(file.workspace))


def client_changes(about: About) -> Iterator[Entry]:
    """What became of the file's own fields, its names and its contacts."""
    place = str(about.client.workspace)
    for change in _changes(about):
        day = timezone.localtime(change.at)
        detail = f"{change.before} → {change.after} · {day:%H:%M}"
        yield Entry("change", day.date(), change.of, change.label, detail, "", place)


def _changes(about: About) -> Iterator[Change]:
    client, viewer = about.client, about.viewer

    def show(row, field: str) -> str:
        if field == "status":
            return status_shown(row_of(row, "status"), None, viewer).name or "–"
        if field == "status_expires_on":
            shown = status_shown(row_of(row, "status"), row.status_expires_on, viewer)
            return _("To be checked") if shown.check else plainly(shown, "expires_on")
        return plainly(row, field)

    own, names, contacts = (
        former(viewer, *kept, of=client.pk) if part in about.changed else [] for part, kept in KEPT_OF_FILE.items()
    )
    yield from changes(own, client, TOLD_OF_CLIENT, show)
    for label, was, rows in ((_("Name"), names, client.names), (_("Contact"), contacts, client.contacts)):
        now = {row.pk: str(row) for row in rows.all()}
        was = list(was)
        undone = _undone(viewer, client=client.pk) if was else {}
        for change in parts_changed(was, now, _text, undone):
            yield Change(change.of, change.at, label, change.before, change.after)


def _undone(viewer: User, *, client: int) -> dict[datetime, str]:
    """The moments in which a merge into the file was undone, and what that says of the rows that went back then."""
    rows = ClientMerge.objects.visible_to(viewer).filter(kept_id=client).exclude(parted_at=None)
    return {row.parted_at: _gone_back(row) for row in rows.select_related("parted_by")}


def _gone_back(merge: ClientMerge) -> str:
    told = {"number": f"{merge.workspace_id}-{merge.absorbed_id}", "who": merge.parted_by}
    if merge.parted_by is None:
        return _("back on file %(number)s: the merge was undone") % told
    return _("back on file %(number)s: the merge was undone by %(who)s") % told


def _text(row) -> str:
    return getattr(row, "text", "") or getattr(row, "value", "")


SOURCES: dict[str, Source] = {
    "session": sessions,
    "stay": stays,
    "family": family,
    "file": files,
    "change": client_changes,
}
