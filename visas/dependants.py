"""Who came with the principal of a visa case, as the case's page shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from cases.files import households_of
from cases.models import FamilyLink
from cases.selectors import StatusShown, status_shown
from visas.models import VisaCase
from visas.path import ENDS

# Statuses whose holder lives in the municipality of the principal (지역특화형 비자 안내문, shinhankook.kr 5968).
SAME_MUNICIPALITY = {"F-3-1R"}


@dataclass(frozen=True)
class Dependant:
    """A dependant of a case. ``check`` says what is to be looked at, empty where nothing is."""

    link: FamilyLink
    status: StatusShown
    check: str

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
    return [
        Dependant(link, status_shown(link.status, None, viewer), _check(link, case, state)) for link in links.values()
    ]


def _check(link: FamilyLink, case: VisaCase, state: str) -> str:
    if state in ENDS:
        return _("The principal's case has ended: check the dependant's own status.")
    place = link.client.municipality_id
    if link.status_id in SAME_MUNICIPALITY and place and case.municipality_id and place != case.municipality_id:
        return _("Lives in another municipality than the principal's recommendation is for: to be checked.")
    return ""
