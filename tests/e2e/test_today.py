"""The start page from the keyboard: each row one key away from what it asks for, and back to the row after it."""

from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from tests.e2e.browser import CHROMIUM, SCREENS, picture
from tests.e2e.test_log import NEW, RECORDED, fill, on_record
from tests.e2e.test_shell import signed_in, staff, width
from tests.make import make_client, make_deadline, make_session
from tests.support import as_owner

pytestmark = [
    pytest.mark.browser,
    pytest.mark.committed,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]

TODAY = timezone.localdate()
KEYS = "rows => rows.map(row => row.getAttribute('aria-keyshortcuts'))"
FORMS = ["/sessions/{}/deadline/", "/sessions/{}/later/", "/sessions/{}/void/", "/shortcuts/keys/"]
# A form without what it asks for, that the browser itself does not hold back.
EMPTIED = """() => {
  for (const field of document.querySelectorAll("main input:not([type=hidden])")) field.value = "";
  for (const one of document.querySelectorAll("main select")) one.value = "KeyA";
  document.querySelector("main form").noValidate = true;
}"""


@pytest.fixture
def days_work() -> tuple[str, list[int]]:
    """A counsellor with ten follow-ups and ten deadlines, and the deadlines, the soonest first."""
    name = staff(official=False)
    user = User.objects.get(username=name)
    deadlines = []
    for number in range(10):
        session = make_session(
            client=make_client(name=f"CLIENT {number}"), counsellor=user, held_on=TODAY - timedelta(days=300 + number),
            follow_up_on=TODAY - timedelta(days=200 - number),
        )  # fmt: skip
        due = TODAY + timedelta(days=number - 4)
        deadlines.append(make_deadline(session, due_on=due, starts_on=due - timedelta(days=15)).pk)
    return name, deadlines


def ended(database: str) -> list[int]:
    with as_owner(database) as owner:
        return [pk for (pk,) in owner.execute("SELECT id FROM cases_deadline WHERE done_on IS NOT NULL ORDER BY id")]


def test_every_row_has_a_key_of_its_own(committed, days_work):
    name, deadlines = days_work
    with signed_in(committed, user=name) as (page, address):
        page.goto(address)
        keys = page.locator("[data-row]").evaluate_all(KEYS)
        assert len(keys) >= 12
        assert None not in keys
        assert len(set(keys)) == len(keys)
        assert not {"N", "J", "K"} & set(keys)
        key = page.locator(f"#deadline-{deadlines[1]}").get_attribute("aria-keyshortcuts")
        page.keyboard.press(key.lower())
        expect(page.locator(f"#deadline-{deadlines[2]}")).to_be_focused()
        expect(page.locator(".notice--good")).to_contain_text("완료")
        assert ended(committed) == [deadlines[1]]
        page.keyboard.press("Enter")
        expect(page.locator(f"#deadline-{deadlines[3]}")).to_be_focused()
        picture(page, "today-next-row-desk")
        assert ended(committed) == deadlines[1:3]


def test_up_and_down_go_from_row_to_row_and_enter_acts(committed, days_work):
    name, _deadlines = days_work
    with signed_in(committed, user=name) as (page, address):
        page.goto(address)
        rows = page.locator("[data-row]")
        for at in (0, 1, 2):
            page.keyboard.press("j")
            expect(rows.nth(at)).to_be_focused()
        page.keyboard.press("k")
        expect(rows.nth(1)).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{NEW}?client=*")


def test_put_off_and_back_to_the_row_after_it(committed, days_work):
    name, deadlines = days_work
    with signed_in(committed, user=name) as (page, address):
        page.goto(address)
        page.locator(f"#deadline-{deadlines[0]}").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/later/**")
        expect(page.locator("#id_until")).to_be_focused()
        page.fill("#id_until", f"{TODAY + timedelta(days=3)}")
        page.fill("#id_reason", "서류 대기")
        page.keyboard.press("Enter")
        expect(page.locator(f"#deadline-{deadlines[1]}")).to_be_focused()
        expect(page.locator(".notice--good")).to_contain_text("미뤘습니다")


def test_letters_do_nothing_while_an_input_method_composes_or_the_keys_are_off(committed, days_work):
    name, _deadlines = days_work
    with signed_in(committed, user=name) as (page, address):
        page.goto(address)
        page.evaluate("document.body.tabIndex = -1, document.body.focus()")
        for code in ("Digit1", "KeyA", "KeyJ", "F2"):
            page.evaluate(
                """code => document.body.dispatchEvent(new KeyboardEvent("keydown",
                  {key: "a", code, isComposing: true, bubbles: true, cancelable: true}))""",
                code,
            )
        assert page.evaluate("document.activeElement === document.body")
        page.focus("#search")
        page.keyboard.type("1a")
        assert page.input_value("#search") == "1a"
        page.locator(".bar__me > summary").click()
        page.locator("button[name=on][value='0']").click()
        page.goto(address)
        assert page.locator("[data-row] kbd").count() == 0
        page.keyboard.press("1")
        assert page.url.rstrip("/") == address


def test_one_key_starts_the_deadline_of_the_topic(committed):
    person, name = make_client(name="NGUYEN VAN AN"), staff(official=False)
    with signed_in(committed, user=name) as (page, address):
        page.goto(f"{address}{NEW}?client={person.pk}")
        fill(page)
        expect(page.locator("[data-start]")).to_be_hidden()
        page.locator(".chip__remove").click()
        page.fill("#topic-find", "체류지")
        page.keyboard.press("Enter")
        offered = page.locator("[data-start]")
        expect(offered).to_contain_text("체류지 변경신고")
        page.locator("#id_note").press("F2")
        expect(page.locator("#id_deadline")).to_have_value("address_change")
        expect(offered).to_have_attribute("aria-pressed", "true")
        picture(page, "log-deadline-desk")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.locator("#id_note").press("Control+Enter")
        page.wait_for_url(RECORDED)
        expect(page.locator("#deadlines + ul")).to_contain_text("체류지 변경신고")
        with as_owner(committed) as owner:
            owner.execute("UPDATE accounts_user SET key_start = 'F8' WHERE username = %s", [name])
        page.reload()
        page.keyboard.press("F2")  # is nothing any more
        page.keyboard.press("F8")  # the next that the topic offers, on the page of the session
        expect(page.locator("#deadlines + ul > li")).to_have_count(2)
        picture(page, "session-deadlines-desk")


def test_each_deadline_of_a_saved_session_is_one_key_away(committed):
    name = staff(official=False)
    session = make_session(
        client=make_client(), counsellor=User.objects.get(username=name), topic_id="stay.registration"
    )
    running = "#deadlines + ul > li"
    with signed_in(committed, user=name) as (page, address):
        page.goto(f"{address}/sessions/{session.pk}/")
        offered = page.locator("section[aria-labelledby=deadlines] [aria-keyshortcuts]")
        assert offered.evaluate_all(KEYS) == ["F2", "1", "2", "3"]
        picture(page, "session-deadline-keys")
        page.keyboard.press("2")  # the third that the topic offers
        expect(page.locator(running)).to_contain_text("외국인등록")
        for _number in range(2):
            page.wait_for_url(f"{address}/sessions/{session.pk}/**")
            before = page.locator(running).count()
            page.keyboard.press("F2")
            expect(page.locator(running)).to_have_count(before + 1)
        assert offered.evaluate_all(KEYS) == ["F2"]
        page.keyboard.press("F2")  # nothing is offered any more: one is noted
        page.wait_for_url(f"{address}/sessions/{session.pk}/deadline/")


def test_without_shortcuts_no_key_starts_a_deadline(committed):
    name = staff(official=False)
    user = User.objects.get(username=name)
    session = make_session(client=make_client(), counsellor=user, topic_id="stay.registration")
    with as_owner(committed) as owner:
        owner.execute("UPDATE accounts_user SET shortcuts = false WHERE username = %s", [name])
    with signed_in(committed, user=name) as (page, address):
        page.goto(f"{address}/sessions/{session.pk}/")
        for key in ("F2", "1"):
            page.keyboard.press(key)
        expect(page.locator("section[aria-labelledby=deadlines] kbd")).to_have_count(0)
        page.reload()
        expect(page.locator("#deadlines + ul > li")).to_have_count(0)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_refusal_is_told_at_the_head_with_the_focus_and_ways_to_the_fields(committed, screen):
    with signed_in(committed, screen) as (page, address):
        page.goto(address + NEW)
        page.fill("#id_note", "Không có chủ đề")
        page.locator("#id_note").press("Control+Enter")
        summary = page.locator(".summary")
        expect(summary).to_be_focused()
        expect(summary).to_have_attribute("role", "alert")
        picture(page, f"log-refused-{screen}")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert width(page) <= SCREENS[screen]["width"]
        page.locator(".summary a", has_text="상담유형").first.press("Enter")
        expect(page.locator("#topic-find")).to_be_focused()
        assert page.input_value("#id_note") == "Không có chủ đề"
    assert on_record(committed) == []


@pytest.mark.parametrize(
    "path", ["/sessions/{}/deadline/", "/sessions/{}/later/", "/sessions/{}/void/", "/shortcuts/keys/"]
)
def test_every_form_of_its_own_page_tells_a_refusal_so(committed, path):
    name = staff(official=False)
    user = User.objects.get(username=name)
    session = make_session(client=make_client(), counsellor=user, follow_up_on=TODAY)
    with signed_in(committed, user=name) as (page, address):
        page.goto(address + path.format(session.pk))
        page.evaluate(EMPTIED)
        page.locator("main form button[type=submit]").first.click()
        expect(page.locator(".summary")).to_be_focused()


@pytest.mark.parametrize("screen", SCREENS)
def test_the_page_of_a_full_day_is_for_everyone(committed, days_work, screen):
    name, _deadlines = days_work
    with signed_in(committed, screen, user=name) as (page, address):
        for path, shown in {"": "today", "deadlines/": "deadlines", "sessions/follow-ups/": "follow-ups"}.items():
            page.goto(f"{address}/{path}")
            picture(page, f"{shown}-{screen}")
            assert width(page) <= SCREENS[screen]["width"]
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
