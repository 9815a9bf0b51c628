"""The start page of each role, a client's page, a session's and its form: in a browser, on two screens."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from cases.models import ClientName
from centers.models import Role
from tests.e2e.browser import CHROMIUM, SCREENS, chromium, page_of, picture, sign_in
from tests.e2e.site import PASSWORD, serving
from tests.make import everywhere, make_client, make_session, make_stay, make_user, make_visa_case, make_voucher

pytestmark = [
    pytest.mark.browser,
    pytest.mark.committed,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]
ROLES = {
    "counsellor": (Role.COUNSELLOR, "52110-c1"),
    "manager": (Role.MANAGER, "52110-c1"),
    "city": (Role.CITY_OFFICER, "52140-office"),
    "shelter": (Role.SHELTER_OPERATOR, "52110-s1"),
    "university": (Role.UNIVERSITY_COORDINATOR, "jbnu"),
    "province": (Role.PROVINCE_STAFF, "52-office"),
    "nobody": (None, ""),
}


def signed_in(role: Role | None, at: str) -> str:
    user = make_user(role, at, name="시험 담당")
    user.set_password(PASSWORD)
    user.save()
    return user.username


def make_rows() -> dict[str, str]:
    """Something for every start page, and a client with long names and one written from right to left."""
    today = timezone.localdate()
    person = make_client(name="A VERY LONG DEMO NAME " * 6, nationality_id="VN", status_id="E-9", language_id="ur")
    with everywhere():
        ClientName.objects.create(workspace=person.workspace, client=person, kind="native", text="احمد ڈیمو")
    for number in range(40):
        session = make_session(client=person, held_on=today - timedelta(days=number * 7), note="الأجر")
    worker = make_client("52140-office", name="WORKER DEMO")
    make_visa_case(client=worker, received_on=today - timedelta(days=30))
    make_voucher(client=worker, applied_on=today, paid_on=today)
    make_visa_case("D-2", "jbnu", received_on=date(2026, 3, 1))
    make_stay(checked_in_on=today - timedelta(days=2))
    new = f"/sessions/new/?client={person.pk}"
    return {"client": person.get_absolute_url(), "session": session.get_absolute_url(), "session-new": new}


def look_at(page, address: str, path: str, name: str, screen: str, complaints: list[str]) -> None:
    assert page.goto(address + path).status == 200, path
    picture(page, f"{name}-{screen}")
    assert complaints == [], path
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS[screen]["width"], path
    found = Axe().run(page)
    assert found.violations_count == 0, f"{path} on {screen}\n{found.generate_report()}"


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_fits_and_can_be_read_by_all(committed, screen):
    pages = make_rows()
    people = {name: signed_in(*role) for name, role in ROLES.items()}
    with serving(committed) as address, chromium() as browser:
        for name, username in people.items():
            complaints: list[str] = []
            with page_of(browser, screen, complaints) as page:
                sign_in(page, address, username, PASSWORD)
                look_at(page, address, "/", f"start-{name}", screen, complaints)
                for other, path in pages.items() if name == "counsellor" else ():
                    look_at(page, address, path, other, screen, complaints)


def test_a_session_is_logged_without_a_mouse_and_without_script(committed):
    username = signed_in(*ROLES["counsellor"])
    with serving(committed) as address, chromium() as browser:
        page = browser.new_context(java_script_enabled=False, locale="ko-KR").new_page()
        sign_in(page, address, username, PASSWORD)
        page.goto(f"{address}/sessions/new/")
        page.locator("main button[type=submit].button").focus()
        page.keyboard.press("Enter")
        page.locator(".notice--bad").wait_for()
        for field, letters in (("channel", "내방"), ("language", "베트남어"), ("topic", "임금체불")):
            page.locator(f"#id_{field}").select_option(label=letters)
        page.fill("#id_note", "Xin chào")
        page.locator("#id_note").press("Tab")
        page.locator("main button[type=submit].button").focus()
        page.keyboard.press("Enter")
        page.locator(".notice--good").wait_for()
        assert "Xin chào" in page.content()
