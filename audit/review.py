"""The access log of one month on one page: how much was looked at, by whom, and what departs from the usual."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from audit.models import RIGHTS, AccessEntry, Action, AuditEntry, MonthReview, Reach
from audit.selectors import LOOKED_AT, Told, midnight, on_days

USUAL_MONTHS = 3  # before the month, of which those with any work are a person's usual
# From how many on a number is compared with the usual, and by how much it has to exceed it to be told. No rule names
# them: the installation's own, and said on the page.
FLOORS = {"files": 30, "outside": 5, "taken": 5, "refused": 20, "nothing": 20}
TIMES = 2
SMALL = 3  # below this a number about guarded people is not told exactly
WORDS = {"files": gettext_lazy("Different client files")} | {what: words for what, (words, _rows) in LOOKED_AT.items()}


def month_of(day: date) -> date:
    return day.replace(day=1)


def before(month: date, number: int = 1) -> date:
    """The month so many months earlier."""
    for _each in range(number):
        month = month_of(month - timedelta(days=1))
    return month


def after(month: date) -> date:
    return month_of(month + timedelta(days=31))


def last_day(month: date) -> date:
    return after(month) - timedelta(days=1)


def is_over(month: date) -> bool:
    return after(month) <= timezone.localdate()


def months_reviewed(user: User, scope: Reach) -> list[tuple[date, MonthReview | None]]:
    """Every month since the log began, the latest first, each with its signature or none."""
    first = AccessEntry.objects.visible_to(user, scope).order_by("at").values_list("at", flat=True).first()
    if first is None:
        return []
    signed = {
        review.month: review for review in MonthReview.objects.visible_to(user, scope).select_related("signed_by")
    }
    found, month, begin = [], month_of(timezone.localdate()), month_of(timezone.localdate(first))
    while month >= begin:
        found.append((month, signed.get(month)))
        month = before(month)
    return found


def figures_of(month: date) -> dict[str, int]:
    """The numbers of the month as they are now, by name, for who reviews the whole province."""
    rows = on_days(AccessEntry.objects.all(), month, last_day(month))
    counted = rows.aggregate(
        requests=Count("pk"),
        people=Count("user", distinct=True, filter=LOOKED_AT["people"][1]),
        shown=Count("pk", filter=LOOKED_AT["people"][1]),
        **{what: Count("pk", filter=condition) for what, (_words, condition) in LOOKED_AT.items() if what != "people"},
    )
    done = on_days(AuditEntry.objects.all(), month, last_day(month))
    return counted | {
        "files": sum(_files_by_month(month, last_day(month), by_user=False).values()),
        "guarded": _guarded(month),
        "exports": done.filter(action=Action.LIST_EXPORTED).count(),
        "failed": done.filter(action=Action.SIGN_IN_FAILED).count(),
        "rights": done.filter(action__in=RIGHTS).count(),
    }


def told(month: date, figures: dict[str, int]) -> list[Told]:
    """The same in words, each with the rows behind it where the reader may read them."""
    days = {"from": month.isoformat(), "to": last_day(month).isoformat()}
    opened = days | {"what": "people"}
    behind = _in_requests(figures)
    found = [
        Told(_("Requests"), figures["requests"], days),
        Told(_("Staff who opened client files"), figures["people"], opened, behind),
        Told(_("Different client files opened"), figures["files"], opened, behind),
    ]
    found += [
        Told(str(words), figures[what], days | {"what": what})
        for what, (words, _rows) in LOOKED_AT.items()
        if what != "people"
    ]
    small = figures["guarded"] < SMALL and figures["guarded"] > 0
    guarded = f"<{SMALL}" if small else figures["guarded"]
    unopened = _("Which they were stays unsaid: it would tell which file is guarded.")
    return [*found, Told(_("Requests that showed guarded files"), guarded, note=unopened)]


def _in_requests(figures: dict[str, int]) -> str:
    """How many rows of the log people or files are counted in; a month that was signed earlier did not keep it."""
    if "shown" not in figures:
        return ""
    return ngettext("in %(number)s request", "in %(number)s requests", figures["shown"]) % {
        "number": intcomma(figures["shown"])
    }


@dataclass
class Usage:
    """What one person did in the month, and what they did in an average month before it (none: no month before)."""

    user: User
    counts: dict[str, int] = field(default_factory=dict)
    usual: dict[str, float] | None = None

    @property
    def departs(self) -> list[str]:
        """The names of the numbers that depart from the person's usual."""
        if self.usual is None:
            return []
        return [
            what
            for what, floor in FLOORS.items()
            if self.counts.get(what, 0) >= floor and self.counts[what] > TIMES * self.usual.get(what, 0)
        ]

    @property
    def in_words(self) -> list[str]:
        return [
            _("%(what)s: %(number)s, usually %(usual)s")
            % {"what": WORDS[what], "number": self.counts[what], "usual": round(self.usual[what])}
            for what in self.departs
        ]


def usage_of(month: date) -> list[Usage]:
    """What each person did in the month, who opened most files first."""
    first = before(month, USUAL_MONTHS)
    counted: dict[int, dict[date, dict[str, int]]] = defaultdict(dict)
    rows = on_days(AccessEntry.objects.all(), first, last_day(month))
    for row in _by_month(rows):
        counted[row.pop("user")][timezone.localdate(row.pop("month"))] = row
    for (user, of_month), files in _files_by_month(first, last_day(month)).items():
        counted[user][of_month]["files"] = files
    people = User.objects.in_bulk(user for user, months in counted.items() if month in months)
    found = [Usage(person, counted[pk].pop(month), _mean(list(counted[pk].values()))) for pk, person in people.items()]
    return sorted(found, key=lambda usage: (-usage.counts.get("files", 0), str(usage.user)))


def _by_month(rows: QuerySet) -> QuerySet:
    counted = {what: Count("pk", filter=condition) for what, (_words, condition) in LOOKED_AT.items()}
    return rows.annotate(month=TruncMonth("at")).values("user", "month").annotate(requests=Count("pk"), **counted)


def _mean(months: list[dict[str, int]]) -> dict[str, float] | None:
    if not months:
        return None
    return {what: sum(month.get(what, 0) for month in months) / len(months) for what in WORDS}


FILES = """
    SELECT {user}, date_trunc('month', at AT TIME ZONE 'Asia/Seoul')::date, count(DISTINCT file)
    FROM audit_accessentry, unnest(files) AS file
    WHERE at >= %s AND at < %s AND files <> '{{}}' GROUP BY 1, 2
"""


def _files_by_month(first: date, last: date, *, by_user: bool = True) -> dict[tuple[int, date], int]:
    """How many different files were shown, by person (0 for all together) and month."""
    with connection.cursor() as cursor:
        statement = FILES.format(user="user_id" if by_user else "0")
        cursor.execute(statement, [midnight(first), midnight(last + timedelta(days=1))])
        return {(user, month): files for user, month, files in cursor.fetchall()}


def _guarded(month: date) -> int:
    """How many requests showed files that are guarded (violence, health, papers for counsellors alone): the number
    alone, since which file is one of them is nobody's to know from the log.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall.guarded_accesses(%s, %s)", [midnight(month), midnight(after(month))])
        return cursor.fetchone()[0]
