"""What a list, a search and an export are like in a browser, with a worker that writes the file."""

import csv
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.models import User
from centers.models import Role
from centers.services.membership import grant_role
from tests import workers
from tests.e2e.browser import CHROMIUM, SCREENS, chromium, page_of, picture, sign_in
from tests.e2e.site import PASSWORD, serving
from tests.e2e.test_pages import sign_in_for
from tests.make import (
    make_client,
    make_contact,
    make_session,
    make_user,
    make_visa_case,
    name_client,
    place,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.committed,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]


# The tables that are wider than the room they have, by name.
CUT = """() => [...document.querySelectorAll(".scroll")]
    .filter(box => box.scrollWidth > box.clientWidth).map(box => box.getAttribute("aria-label"))"""


def looks_right(page, screen: str, name: str) -> None:
    picture(page, f"{name}-{screen}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS[screen]["width"]
    if screen == "desk":
        assert page.evaluate(CUT) == [], "a table that is cut at the side"


@pytest.mark.parametrize("screen", SCREENS)
def test_somebody_is_found_by_another_script(committed, screen):
    person = make_client(name="NGUYEN VAN AN", nationality_id="VN")
    name_client(person, "응우옌 반 안")
    make_contact(person, "010-0000-1234")
    username = sign_in_for(Role.COUNSELLOR, "52110-c1")
    complaints: list[str] = []
    with serving(committed) as address, chromium() as browser, page_of(browser, screen, complaints) as page:
        sign_in(page, address, username, PASSWORD)
        page.goto(f"{address}/search/")
        page.fill("#search-again", "응우옌")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="NGUYEN VAN AN").wait_for()
        assert "응우옌" not in page.url
        looks_right(page, screen, "search-found")
        page.fill("#search-again", "ㄱ")
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        looks_right(page, screen, "search-too-short")
    assert [text for text in complaints if "status of 400" not in text] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_filters_leave_the_first_screen_to_the_rows_until_one_is_used(committed, screen):
    for at in ("52110-c1", "52130-c1"):
        make_session(
            at, client=make_client(at, name="KARIMOV NODIRBEK UGLI", nationality_id="UZ"), language_id="uz",
            minutes=120, channel_id="outreach", topic_id="education.children", outcome_id="informed",
            urgency_id="urgent", counsellor=make_user(Role.COUNSELLOR, at, name="도안 티 타인 흐엉 상담원"),
        )  # fmt: skip
    username = sign_in_for(Role.COUNSELLOR, "52110-c1")
    user = User.objects.get(username=username)
    grant_role(user=user, workspace=place("52130-c1"), role=Role.COUNSELLOR, actor=make_user())
    complaints: list[str] = []
    with serving(committed) as address, chromium() as browser, page_of(browser, screen, complaints) as page:
        sign_in(page, address, username, PASSWORD)
        page.goto(f"{address}/sessions/")
        assert page.locator("#id_language").is_visible() == (screen == "desk")
        assert page.locator("tbody tr").first.bounding_box()["y"] < SCREENS[screen]["height"]
        looks_right(page, screen, "sessions-of-two-centres")
        for used in ("language=uz", "from=soon"):
            page.goto(f"{address}/sessions/?{used}")
            assert page.locator("#id_language").is_visible()
        looks_right(page, screen, "sessions-narrowed-wrongly")
    assert complaints == []


@pytest.mark.parametrize("screen", SCREENS)
def test_cases_and_the_rows_behind_a_figure_have_room(committed, screen):
    day = date(2025, 3, 3)
    past = {"recommended_on": day, "letter_number": "전주-E-7-4R-2025-0123", "letter_valid_until": date(2025, 9, 3)}
    for _number in range(3):
        worker = make_client("52140-office", name="NGUYEN THI THANH HUYEN")
        make_visa_case("E-7-4R", client=worker, received_on=day, granted_on=day, **past)
        make_session(minutes=30)
    username = sign_in_for(Role.PROVINCE_STAFF, "52-office")
    complaints: list[str] = []
    with serving(committed) as address, chromium() as browser, page_of(browser, screen, complaints) as page:
        sign_in(page, address, username, PASSWORD)
        for name, path in {
            "cases": "/visas/cases/?sort=-letter",
            "rows-behind": "/kpi/evidence/2025.minutes/?month=2025-03",
            "beds-behind": "/kpi/evidence/2025.offered/?sort=-nights",
        }.items():
            page.goto(address + path)
            page.locator("tbody tr").first.wait_for()
            looks_right(page, screen, name)
    assert complaints == []


@pytest.mark.parametrize("screen", SCREENS)
def test_a_list_becomes_a_file_while_one_looks_on(committed, screen, monkeypatch, tmp_path):
    monkeypatch.setenv("SETTLEMENT_EXPORTS", str(tmp_path / "exports"))
    for number in range(3):
        make_session(
            client=make_client(name=f"TRAN {number} THI THANH HUYEN", nationality_id="UZ"), minutes=120,
            channel_id="three_way", urgency_id="urgent", outcome_id="informed",
        )  # fmt: skip
    username = sign_in_for(Role.COUNSELLOR, "52110-c1")
    complaints: list[str] = []
    with serving(committed) as address, chromium() as browser, page_of(browser, screen, complaints) as page:
        sign_in(page, address, username, PASSWORD)
        page.goto(f"{address}/at/52110-c1/sessions/?language=vi")
        looks_right(page, screen, "sessions-for-export")
        page.click("a[href*='/exports/new/']")
        page.click("main button[type=submit]")
        page.locator(".errorlist").wait_for()
        looks_right(page, screen, "export-without-reason")
        page.check("input[value=csv]")
        page.fill("textarea", "월간 점검 보고")
        page.click("main button[type=submit]")
        page.locator("#progress").wait_for()
        looks_right(page, screen, "export-waiting")
        with workers.working(committed):
            page.locator("a[href$='/file/']").wait_for(timeout=60_000)
        looks_right(page, screen, "export-ready")
        with page.expect_download() as download:
            page.click("a[href$='/file/']")
        text = Path(download.value.path()).read_text("utf-8-sig")
        assert len(list(csv.reader(text.splitlines()))) == 4
        page.goto(f"{address}/exports/")
        looks_right(page, screen, "exports")
        state = page.get_by_role("cell", name="완료").bounding_box()
        assert state["x"] + state["width"] <= SCREENS[screen]["width"]
    assert [text for text in complaints if "status of 400" not in text] == []
