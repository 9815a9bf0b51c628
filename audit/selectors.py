"""The access log in figures, for who reviews it."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit.models import AccessEntry, Reach

# Hours in Seoul outside of which an opened file is looked at twice. No rule names them: the installation's own.
FIRST_HOUR, LAST_HOUR = 7, 21
REFUSED = (403, 404)
# What of the log one may be after: words, and the rows.
LOOKED_AT: dict[str, tuple[str, Q]] = {
    "people": (gettext_lazy("Showed client files"), ~Q(files=[])),
    "taken": (gettext_lazy("A reason was given"), ~Q(purpose="")),
    "refused": (gettext_lazy("Not allowed or not found"), Q(status__in=REFUSED)),
    "nothing": (
        gettext_lazy("Searches that found nobody"),
        Q(route="cases:search", method="POST", status=200, files=[]),
    ),
    "outside": (
        gettext_lazy("Client files out of hours"),
        ~Q(files=[]) & (Q(at__hour__lt=FIRST_HOUR) | Q(at__hour__gte=LAST_HOUR)),
    ),
}
# What each figure of the log counts, in one sentence.
COUNTED = {
    "requests": gettext_lazy(
        "Every request of somebody signed in that was answered, also with a refusal; one row each, kept for good."
    ),
    "people": gettext_lazy("Requests whose answer showed at least one client file, as a page, a list or a hit."),
    "taken": gettext_lazy("Requests for which a reason had to be written, such as an export of a list."),
    "refused": gettext_lazy("Requests that were answered with 403 or 404."),
    "nothing": gettext_lazy("Searches for a client that gave no hit."),
    "outside": gettext_lazy("Requests before 07:00 or from 21:00 on, Korean time, that showed client files."),
}


@dataclass(frozen=True)
class Told:
    """A figure, and what the log is narrowed to for exactly the rows behind it."""

    label: str
    value: int | str
    rows: dict[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def url(self) -> str:
        """The address of the rows, empty where nobody reads them."""
        return f"{reverse('audit:access')}?{urlencode(self.rows)}" if self.rows else ""


def definitions() -> list[tuple[str, str]]:
    """What the figures of the log are called, and what each counts."""
    names = {"requests": _("Requests")} | {what: words for what, (words, _rows) in LOOKED_AT.items()}
    return [(str(names[what]), str(COUNTED[what])) for what in names]


def on_days(rows: QuerySet, first=None, last=None) -> QuerySet:
    """The rows of these days in Seoul, both included; open where there is none."""
    if first:
        rows = rows.filter(at__gte=midnight(first))
    if last:
        rows = rows.filter(at__lt=midnight(last + timedelta(days=1)))
    return rows


def midnight(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def access_month(user: User, scope: Reach) -> list[Told]:
    """This month in Seoul, as far as the person reviews: each figure with the rows behind it."""
    first = timezone.localdate().replace(day=1)
    rows = on_days(AccessEntry.objects.visible_to(user, scope), first)
    counted = rows.aggregate(
        requests=Count("pk"),
        **{what: Count("pk", filter=condition) for what, (_words, condition) in LOOKED_AT.items()},
    )
    month = {"from": first.isoformat()}
    figures = [Told(_("Requests"), counted["requests"], month)]
    figures += [Told(str(words), counted[what], month | {"what": what}) for what, (words, _rows) in LOOKED_AT.items()]
    return [*figures, *_busiest_day(first)]


BUSIEST = """
    SELECT user_id, (at AT TIME ZONE 'Asia/Seoul')::date AS day, count(*) AS requests
    FROM audit_accessentry
    WHERE at >= %s AND files <> '{}'
    GROUP BY user_id, day ORDER BY requests DESC, day DESC, user_id LIMIT 1
"""


def _busiest_day(first) -> list[Told]:
    """The most requests of one person in a day of the month that showed client files: as many as the log then lists.

    None where nobody was shown any.
    """
    with connection.cursor() as cursor:
        cursor.execute(BUSIEST, [midnight(first)])
        found = cursor.fetchone()
    if not found:
        return []
    user_id, day, requests = found
    rows = {"from": day.isoformat(), "to": day.isoformat(), "user": str(user_id), "what": "people"}
    who = f"{User.objects.get(pk=user_id)} · {day}"
    return [Told(_("Most requests with client files by one person in a day"), requests, rows, who)]
