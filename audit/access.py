"""Whose files a request shows, gathered by the rows it reads, so that no view has to remember it (접속기록).

A request opens the gathering (``gathering()``), the models about people tell it of each row that comes from the
database or is written (``OnRecord``), and ``note`` puts the whole on record. Outside of a request nothing is
gathered. A row that was read and not shown counts as shown: better one file too many on record than one too few.
What is read past the models, by ``values()`` or SQL, is told by ``show()``.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection, models
from django.http import HttpRequest
from django.urls import Resolver404, resolve

# They say nothing of anybody, and are asked every few seconds.
UNLOGGED = {"healthz", "centers:export_progress"}


@dataclass
class Shown:
    """The files that a request has shown, each with its workspace, and the workspaces whose rows it read."""

    files: dict[int, int] = field(default_factory=dict)
    workspaces: set[int] = field(default_factory=set)
    purpose: str = ""
    incomplete: dict[type[models.Model], set] = field(default_factory=lambda: defaultdict(set))

    def add(self, row: models.Model) -> None:
        read = row.__dict__
        if not read.keys() >= {"workspace_id", *row.whose}:
            self.incomplete[type(row)].add(row.pk)
            return
        self.workspaces.add(read["workspace_id"])
        self.files.update((read[name], read["workspace_id"]) for name in row.whose if read[name] is not None)

    def complete(self) -> None:
        """Read again the rows of which a query left out whose they are (``only()``, ``defer()``)."""
        while self.incomplete:
            model, keys = self.incomplete.popitem()
            list(model._base_manager.filter(pk__in=keys))


_shown: ContextVar[Shown | None] = ContextVar("shown", default=None)


@contextmanager
def gathering() -> Iterator[Shown]:
    """Gather whose rows are read as long as the block runs."""
    token = _shown.set(Shown())
    try:
        yield _shown.get()
    finally:
        _shown.reset(token)


def show(files: dict[int, int]) -> None:
    """Say that a page shows these client files, each with its workspace, which no model has read."""
    shown = _shown.get()
    if shown is not None:
        shown.files.update(files)
        shown.workspaces.update(files.values())


def give_reason(purpose: str) -> None:
    """Put the reason that a person gave, as for a file they take away, beside what the request shows."""
    shown = _shown.get()
    if shown is not None:
        shown.purpose = purpose


class OnRecord(models.Model):
    """A row that says something of somebody. ``whose`` are the fields that hold the id of a client file."""

    whose = ("client_id",)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        _gather(self)

    @classmethod
    def from_db(cls, db, field_names, values):
        row = super().from_db(db, field_names, values)
        _gather(row)
        return row


def _gather(row: models.Model) -> None:
    shown = _shown.get()
    if shown is not None:
        shown.add(row)


def note(request: HttpRequest, shown: Shown, *, status: int, workspace_id: int | None) -> None:
    """Put one request on record in the running transaction, by one statement; who asks is the scope's.

    An answer that refuses or finds nothing has shown nobody, whatever was read for it.
    """
    route = route_of(request)
    if route in UNLOGGED:
        return
    if status in {403, 404}:
        shown = Shown(purpose=shown.purpose)
    _write(
        shown,
        workspace_id=workspace_id,
        route=route,
        method=request.method[:10],
        status=status,
        address=address_of(request),
    )


def note_work(route: str, shown: Shown, *, workspace_id: int | None, purpose: str) -> None:
    """Put on record whose files a task reads for the person whose scope it runs under, and what for."""
    shown.purpose = purpose
    _write(shown, workspace_id=workspace_id, route=route, method="", status=200, address=None)


def _write(shown: Shown, *, workspace_id: int | None, **asked) -> None:
    shown.complete()
    files = sorted(shown.files)
    beside = sorted(shown.workspaces - set(shown.files.values()))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wall.note_access(%s, %s, %s, %s, %s, %s::bigint[], %s::int[], %s)",
            [
                workspace_id,
                asked["route"],
                asked["method"],
                asked["status"],
                asked["address"],
                files,
                [shown.files[file] for file in files] + beside,
                shown.purpose[:300],
            ],
        )


def route_of(request: HttpRequest) -> str:
    """The name of the page, such as ``cases:client``; empty where there is none. Never the address."""
    match = request.resolver_match
    if match is None:  # answered before anybody looked the address up
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return ""
    return match.view_name or ""


def address_of(request: HttpRequest) -> str | None:
    """From where the request came, behind as many proxies as the installation trusts; none from a socket."""
    try:
        return get_adapter().get_client_ip(request)
    except (PermissionDenied, ImproperlyConfigured):  # no address, or fewer proxies than were announced
        return request.META.get("REMOTE_ADDR") or None
