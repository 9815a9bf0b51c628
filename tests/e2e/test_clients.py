"""A client's file in a browser: opened and edited, warned of a likely one while typing."""

from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from centers.models import Role
from tests.e2e.browser import CHROMIUM, SCREENS, chromium, page_of, picture, sign_in
from tests.e2e.site import PASSWORD, serving
from tests.e2e.test_log import says, stored
from tests.make import make_client, make_contact, make_pair, make_session, make_user, name_client

pytestmark = [
    pytest.mark.browser,
    pytest.mark.committed,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]


def counsellor() -> str:
    user = make_user(Role.COUNSELLOR, name="시험 상담원", official=False)
    user.set_password(PASSWORD)
    user.save()
    return user.username


def look(page, name: str, screen: str) -> None:
    picture(page, f"{name}-{screen}")
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS[screen]["width"], name
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name} on {screen}\n{found.generate_report()}"


@pytest.mark.parametrize("screen", SCREENS)
def test_a_file_is_opened_and_a_likely_one_is_told_while_typing(committed, screen):
    before = make_client(name="NGUYEN DEMO AN", birth_date="1990-05-04", nationality_id="VN", ref="D-17")
    name_client(before, "Nguyễn Demo An")
    make_contact(before, "010-0000-1234")
    username, complaints = counsellor(), []
    with serving(committed) as address, chromium() as browser, page_of(browser, screen, complaints) as page:
        sign_in(page, address, username, PASSWORD)
        page.goto(f"{address}/clients/")
        page.get_by_role("link", name="새 내담자").click()
        look(page, "client-new", screen)
        page.fill("#client_korean", "응우옌 데모 안")
        page.fill("#client_birth_date", "1990-05-04")
        page.locator(".likely__why").wait_for()
        assert page.input_value("#client_korean") == "응우옌 데모 안"
        look(page, "client-likely", screen)
        page.fill("#client_phones", "010-0000-9999\n010-0000-8888")
        page.locator("#client_phones").press("Tab")
        page.locator("main button[type=submit].button").last.click()
        page.locator(".notice--good").wait_for()
        look(page, "client-opened", screen)
        page.get_by_role("link", name="기록 수정").click()
        look(page, "client-edit", screen)
        assert complaints == []


def test_two_who_edit_one_file_and_the_way_from_the_log_page(committed):
    person = make_client(name="TRAN DEMO BAO", nationality_id="VN")
    username, complaints = counsellor(), []
    with serving(committed) as address, chromium() as browser, page_of(browser, "desk", complaints) as page:
        sign_in(page, address, username, PASSWORD)
        other = page.context.new_page()
        for tab in (page, other):
            tab.goto(f"{address}/clients/{person.pk}/edit/")
        other.fill("#client_roman", "TRAN DEMO BAO QUOC")
        other.get_by_role("button", name="저장").click()
        other.locator(".notice--good").wait_for()
        page.fill("#client_roman", "TRAN DEMO BAU")
        page.get_by_role("button", name="저장").click()
        page.get_by_text("그동안 다른 사람이").wait_for()
        look(page, "client-meanwhile", "desk")
        assert page.input_value("#client_roman") == "TRAN DEMO BAU"
        page.goto(f"{address}/sessions/new/")
        page.fill("#find", "ទេស")
        look(page, "session-find-new", "desk")
        page.get_by_role("button", name="새 내담자").click()
        assert page.input_value("#client_native") == "ទេស"
        page.get_by_role("button", name="저장하고 상담 기록").click()
        page.wait_for_url("**/sessions/new/?client=*")
        page.goto(f"{address}/clients/")
        assert [said for said in complaints if "409" not in said] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_a_pair_is_compared_merged_and_undone(committed, screen):
    told = {"birth_date": "1990-05-04", "nationality_id": "VN", "sex_id": "male"}
    one = make_client(name="NGUYEN DEMO AN", ref="D-17", status_id="E-9", **told)
    other = make_client(name="Nguyễn Demo An", language_id="vi", **told)
    make_contact(other, "010-0000-1234")
    for number, client in enumerate((one, other, other)):
        make_session(client=client, held_on=date(2025, 3, 3 + number))
    make_pair(make_client(name="TRAN DEMO BAO"), make_client(name="TRAN DEMO BAU"), score=55)
    pair = make_pair(one, other)
    username, complaints = counsellor(), []
    with serving(committed) as address, chromium() as browser, page_of(browser, screen, complaints) as page:
        sign_in(page, address, username, PASSWORD)
        page.goto(f"{address}/clients/")
        look(page, "clients", screen)
        page.get_by_role("link", name="같은 사람일 수 있는 기록").click()
        look(page, "pairs", screen)
        page.locator(f'a[href="{pair.get_absolute_url()}"]').click()
        look(page, "pair", screen)
        page.get_by_role("button", name="기록 합치기").click()
        page.locator(".notice--good").wait_for()
        look(page, "merged", screen)
        page.get_by_role("button", name="합친 것 되돌리기").click()
        page.locator(".notice--good").wait_for()
        page.get_by_role("link", name="비교하기").click()
        page.get_by_role("button", name="같은 사람이 아님").click()
        page.locator(".notice--good").wait_for()
        page.goto(f"{address}/clients/pairs/?state=different")
        page.get_by_role("link", name="비교하기").click()
        look(page, "pair-different", screen)
        assert complaints == []


def test_what_is_typed_into_a_file_outlives_line_page_and_window(committed):
    username, complaints = counsellor(), []
    with serving(committed) as address, chromium() as browser, page_of(browser, "desk", complaints) as page:
        sign_in(page, address, username, PASSWORD)
        page.goto(f"{address}/clients/new/")
        page.fill("#client_roman", "NGUYEN DEMO AN")
        says(page, "saved")
        page.context.set_offline(True)
        page.fill("#client_korean", "응우옌 데모 안")
        says(page, "waits")
        assert "응우옌" not in stored(page)
        page.context.set_offline(False)
        says(page, "saved")
        page.fill("#client_phones", "010-0000-9999")
        page.goto(address)
        picture(page, "client-draft-listed-desk")
        page.locator("[aria-labelledby=drafts] .rows__row a").first.click()
        expect(page.locator("#client_korean")).to_have_value("응우옌 데모 안")
        expect(page.locator("#client_phones")).to_have_value("010-0000-9999")
        page.locator("#client_birth_date").press("Enter")
        expect(page.locator("#client_sex")).to_be_focused()
        expect(page.get_by_role("heading", name="새 내담자")).to_be_visible()
        page.locator("#client_phones").press("Control+Enter")
        page.locator(".notice--good").wait_for()
        picture(page, "client-draft-opened-desk")
        page.get_by_role("link", name="기록 수정").click()
        page.fill("#client_korean", "응우옌 반 안")
        says(page, "saved")
        page.goto(page.url.partition("?")[0])
        expect(page.locator("#client_korean")).to_have_value("응우옌 반 안")
        picture(page, "client-draft-kept-desk")
        page.context.set_offline(True)
        page.keyboard.press("Control+Enter")
        says(page, "cut")
        page.context.set_offline(False)
        page.locator("#client_korean").press("Control+Enter")
        page.locator(".notice--good").wait_for()
        page.goto(address)
        expect(page.locator("[aria-labelledby=drafts] .rows__row")).to_have_count(0)
