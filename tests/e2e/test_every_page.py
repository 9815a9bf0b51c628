"""Every page as every role, in a real browser, in Korean, on both screens: as the permission matrix says it opens."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from centers.models import Role
from centers.services.membership import grant_role
from demo.synthetic.generate import Plan, first_day, generate
from tests import databases
from tests.e2e.browser import CHROMIUM, SCREENS, chromium, page_of, picture, sign_in
from tests.e2e.site import PASSWORD, serving
from tests.make import make_user, place
from tests.permissions_matrix import ARGUMENTS, EXPECTED, PEOPLE
from tests.test_permissions import ROLES, make_subjects

pytestmark = [
    pytest.mark.browser,
    pytest.mark.committed,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]

# What answers with a file or a word and shows nothing.
NO_PAGE = {
    "cases:attachment", "cases:session_paper", "centers:export_download", "healthz", "kpi:sheet_xlsx", "stay",
    "visas:letter", "visas:quota_xlsx", "visas:universities_xlsx", "workbook:semester_empty",
}  # fmt: skip
LAST = "account_logout"


def pages_of(person: str, subjects: dict) -> dict[str, str]:
    """The routes that open for this kind of person, with their addresses."""
    column = PEOPLE.index(person)
    opening = {route for route, row in EXPECTED.items() if row[column] == 200} - NO_PAGE
    last = sorted(opening, key=lambda route: (route == LAST, route))
    return {route: reverse(route, kwargs=_arguments(route, subjects)) for route in last}


def _arguments(route: str, subjects: dict) -> dict:
    return {key: subjects.get(value, value) for key, value in ARGUMENTS.get(route, {}).items()}


@pytest.mark.parametrize("person", [person for person in PEOPLE if person != "anonymous"])
def test_every_page_opens_whole_and_for_everyone(person, committed):
    plan = Plan(people=300, sessions=700, first=first_day(1, timezone.localdate()), seed=7)
    generate(plan, databases.url(committed, owner=True))
    subjects = make_subjects()
    user = make_user(*ROLES.get(person, ()), name="시험 담당")
    user.set_password(PASSWORD)
    user.save()
    pages, wrong = pages_of(person, subjects), []
    with serving(committed) as address, chromium() as browser:
        for screen, size in SCREENS.items():
            complaints: list[str] = []
            with page_of(browser, screen, complaints) as page:
                sign_in(page, address, user.username, PASSWORD)
                for route, path in pages.items():
                    complaints.clear()
                    status = page.goto(address + path).status
                    picture(page, f"{person.replace(' ', '-')}-{route.replace(':', '-')}-{screen}")
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    found = Axe().run(page)
                    if status != 200 or complaints or wide > size["width"] or found.violations_count:
                        report = found.generate_report() if found.violations_count else ""
                        wrong.append((route, screen, status, wide, list(complaints), report))
    assert wrong == []


def test_two_tabs_in_two_workspaces_keep_each_their_own(committed):
    user = make_user(Role.COUNSELLOR, "52110-c1", name="두 곳 상담원")
    grant_role(user=user, workspace=place("52130-c1"), role=Role.COUNSELLOR, actor=make_user())
    user.set_password(PASSWORD)
    user.save()
    with serving(committed) as address, chromium() as browser, page_of(browser, "desk", []) as one:
        sign_in(one, address, user.username, PASSWORD)
        two = one.context.new_page()
        one.goto(f"{address}/at/52110-c1/")
        two.goto(f"{address}/at/52130-c1/")
        for tab in (one, two):
            tab.get_by_role("link", name="상담", exact=True).first.click()
        one.reload()
        assert one.url == f"{address}/at/52110-c1/sessions/"
        assert two.url == f"{address}/at/52130-c1/sessions/"
