"""Where clients work: their contracts, how long they have been at one workplace, and who else is a client there."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Func, Q, QuerySet, Value
from django.utils import timezone

from accounts.models import User
from cases.matching.records import ENDING
from cases.models import Client, ClientName, Contact, Employer, Employment
from cases.models.keys import KEY, digits_of
from centers.prepared import prepared

WHOLE_NUMBER = ENDING  # digits from which on a telephone number is one and not an ending
SHOWN = 3


@dataclass(frozen=True)
class Work:
    """One contract as a page shows it. ``months`` at this workplace without a gap; ``also`` are clients like it."""

    row: Employment
    here: bool
    months: int
    also: list[Client]


def works_of(ids: list[int], viewer: User) -> list[Work]:
    """The contracts of these clients, the latest first."""
    rows = _of_clients(viewer, ids=ids)
    today = timezone.localdate()
    also = {employer.pk: clients_like(employer, viewer) for employer in {row.employer for row in rows}}
    return [_shown(row, rows, today, also[row.employer_id]) for row in rows]


def _shown(row: Employment, rows: list[Employment], today: date, also: list[Client]) -> Work:
    here = row.starts_on <= today <= (row.last_day or date.max)
    until = today if here or row.last_day is None else row.last_day + timedelta(days=1)
    return Work(row, here, months_between(begun_on(row, rows), until), also)


def employers_now(clients: Iterable[Client], viewer: User) -> dict[int, list[str]]:
    """The names of the workplaces where these clients work today, by client."""
    names = defaultdict(list)
    for row in _rows(viewer).filter(client__in=clients).at_work(timezone.localdate()).order_by("-starts_on", "-pk"):
        names[row.client_id].append(row.employer.name)
    return names


@prepared
def _of_clients(viewer: User, *, ids: list[int]) -> QuerySet[Employment]:
    return _rows(viewer).filter(client__in=ids).order_by("-starts_on", "-pk")


def _rows(viewer: User) -> QuerySet[Employment]:
    return Employment.objects.visible_to(viewer).select_related("employer")


def begun_on(row: Employment, rows: Iterable[Employment]) -> date:
    """Since when somebody has been at the workplace of a contract: contracts that follow day on day count as one."""
    begun = row.starts_on
    before = [one for one in rows if (one.client_id, one.employer_id) == (row.client_id, row.employer_id)]
    for one in sorted(before, key=lambda one: one.starts_on, reverse=True):
        if one.starts_on < begun and one.last_day and one.last_day >= begun - timedelta(days=1):
            begun = one.starts_on
    return begun


def months_between(start: date, end: date) -> int:
    """Whole months from a day to another; none where the other lies before."""
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return max(months, 0)


def clients_like(employer: Employer, viewer: User) -> list[Client]:
    """Clients of the same workspace who may be the employer: by the name of the representative, or by telephone."""
    asked = Q()
    names, contacts = ClientName.objects.visible_to(viewer), Contact.objects.visible_to(viewer)
    if employer.representative:
        key = Func(Value(employer.representative), Value(1), function="wall.name_key", output_field=KEY)
        asked |= Q(pk__in=names.filter(workspace=employer.workspace_id, key=key).values("client"))
    digits = digits_of(employer.phone)
    if len(digits) >= WHOLE_NUMBER:
        same = contacts.filter(workspace=employer.workspace_id, digits_backwards__begins=digits[-ENDING:][::-1])
        asked |= Q(pk__in=same.values("client"))
    if not asked:
        return []
    rows = Client.objects.visible_to(viewer).filter(asked, workspace=employer.workspace_id, merged_into=None)
    return list(rows.prefetch_related("names").order_by("pk")[:SHOWN])
