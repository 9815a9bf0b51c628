"""What is asked for beside what there is: labour demand and proposals, by quota and by municipality."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from centers.selectors import scope_of
from kpi.models import Proposal
from visas.models import DemandSurvey, QuotaPool


@dataclass(frozen=True)
class Asked:
    """How many people surveys of the year of a day found to be wanted by that day, and how many proposals there are,
    each the way to them. Of proposals somebody who reads none is told none.
    """

    wanted: int
    proposals: int
    filters: dict[str, str]
    day: date

    @property
    def demand_url(self) -> str:
        asked = {"year": self.day.year, "up_to": self.day, **self.filters}
        return f"{reverse('visas:demand')}?{urlencode(asked)}"

    @property
    def proposals_url(self) -> str:
        return f"{reverse('kpi:proposals')}?{urlencode({'up_to': self.day, **self.filters})}"


def reads_proposals(user: User) -> bool:
    return "view_figures" in scope_of(user).everywhere


def asked_of_quotas(user: User, day: date) -> dict[str, Asked]:
    """By the code of each quota that runs on the day; surveys that name no programme are in none."""
    running = QuotaPool.objects.filter(starts_on__lte=day, ends_on__gte=day)
    surveys = _surveys(day).filter(programme__pools__in=running).values_list("programme__pools")
    made = _proposals(user, day).filter(pools__in=running).values_list("pools")
    return _found(surveys, made, "pool", day)


def asked_of_municipalities(user: User, day: date) -> dict[str, Asked]:
    """By the code of each municipality; its proposals are those that rest on a survey of it."""
    standing = DemandSurvey.objects.standing()
    made = _proposals(user, day).filter(surveys__in=standing).values_list("surveys__municipality")
    return _found(_surveys(day).values_list("municipality"), made, "municipality", day)


def _surveys(day: date) -> QuerySet[DemandSurvey]:
    return DemandSurvey.objects.standing().filter(year=day.year, surveyed_on__lte=day).order_by()


def _proposals(user: User, day: date) -> QuerySet[Proposal]:
    rows = Proposal.objects.begun_by(day).order_by()
    return rows if reads_proposals(user) else rows.none()


def _found(surveys: QuerySet, proposals: QuerySet, of: str, day: date) -> dict[str, Asked]:
    wanted = dict(surveys.annotate(number=Sum("wanted")))
    made = dict(proposals.annotate(number=Count("pk", distinct=True)))
    codes = {**wanted, **made}
    return {code: Asked(wanted.get(code, 0), made.get(code, 0), {of: code}, day) for code in codes}
