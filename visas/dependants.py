"""Who came with the principal of a visa case, as the case's page shows it."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.families import households_of
from cases.models import FamilyLink
from cases.selectors import StatusShown, status_shown
from visas.models import AskedWhen, DependantQuestion, Duty, ObligationRule, VisaCase
from visas.obligations import home_of
from visas.path import ENDS_FOR_DEPENDANTS

QUESTION_STATES: dict[str, str] = {
    "overdue": gettext_lazy("To be checked, overdue"),
    "open": gettext_lazy("To be checked"),
    "answered": gettext_lazy("Found out"),
    "fell_away": gettext_lazy("Fell away"),
}
WAITING = {"waiting": gettext_lazy("To be checked, overdue or not")}
QUESTION_BADGES = {"overdue": "bad", "open": "wait", "answered": "good"}


def in_question_state(rows: QuerySet, state: str) -> QuerySet:
    """The questions that stand so, as ``DependantQuestion.state`` says it."""
    if state == "fell_away":
        return rows.exclude(fell_away_on=None)
    rows = rows.standing()
    if state == "answered":
        return rows.exclude(outcome=None)
    today = timezone.localdate()
    rows = rows.filter(outcome=None)
    return rows.filter({"overdue": Q(due_on__lt=today), "open": Q(due_on__gte=today), "waiting": Q()}[state])


@dataclass(frozen=True)
class Dependant:
    """A dependant of a case. ``check`` says what is to be looked at, empty where nothing is.

    ``questions`` are what was asked about them, each with its state in words and its badge.
    """

    link: FamilyLink
    status: StatusShown
    check: str
    questions: list[tuple[DependantQuestion, str, str]]

    @property
    def municipality(self):
        return self.link.client.municipality


def dependants_of(case: VisaCase, state: str, viewer: User) -> list[Dependant]:
    """The dependants of the principal's household that the viewer may read, each counted once.

    ``state`` is where the case stands: when it has ended, the status of each is to be looked at on its own.
    """
    links = {}
    for household in households_of([case.client_id], viewer):
        if household.principal_id == case.client_id:
            links |= {link.person_id: link for link in household.links.all()}
    rows = DependantQuestion.objects.visible_to(viewer).filter(case=case).select_related("reason", "outcome")
    asked = list(rows.order_by("happened_on", "pk"))
    home = home_of(case) if links else None
    return [_dependant(link, case, state, home, [row for row in asked if row.link_id == link.pk], viewer)
            for link in links.values()]  # fmt: skip


def _dependant(
    link: FamilyLink, case: VisaCase, state: str, home: str | None, asked: list[DependantQuestion], viewer: User
) -> Dependant:
    questions = [(row, QUESTION_STATES[row.state], QUESTION_BADGES.get(row.state, "")) for row in asked]
    return Dependant(link, status_shown(link.status, None, viewer), _check(link, case, state, home, asked), questions)


def _check(link: FamilyLink, case: VisaCase, state: str, home: str | None, asked: list[DependantQuestion]) -> str:
    """What is to be looked at beside what is asked: a case that ended is, once it was asked, answered there.

    ``home`` is the municipality in which the principal lives.
    """
    if state in ENDS_FOR_DEPENDANTS:
        at_end = any(row.reason.asked_when == AskedWhen.CASE_ENDED and not row.fell_away_on for row in asked)
        return "" if at_end else _("The principal's case has ended: check the dependant's own status.")
    place = link.client.municipality_id
    if place and place != home and home and _lives_with_the_principal(link, case):
        return _("Lives in another municipality than the principal: to be checked.")
    return ""


def _lives_with_the_principal(link: FamilyLink, case: VisaCase) -> bool:
    """Whether a rule binds who holds the dependant's status to the municipality of the principal."""
    rules = ObligationRule.objects.standing().filter(kind=Duty.WITH_PRINCIPAL, status=link.status_id)
    day = link.settled_on or case.granted_on or timezone.localdate()
    return any(rule.holds_on(day) for rule in rules)
