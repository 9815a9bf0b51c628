"""Logging a session from the keyboard, and what becomes of the text when an answer, tab or browser fails."""

import json
import re
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.browser import CHROMIUM, SCREENS, picture, sign_in
from tests.e2e.test_shell import PASSWORD, signed_in, staff
from tests.make import make_client, make_dependant, name_client
from tests.support import as_owner

pytestmark = [
    pytest.mark.browser,
    pytest.mark.committed,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]

NOTE = "Công ty chưa trả lương tháng 3. 사업주와 통화함."
NEW = "/sessions/new/"
RECORDED = re.compile("/sessions/[0-9]+/$")
# The Enter that ends a syllable, as the browser tells of it while an input method composes.
COMPOSING = """ctrlKey => document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
  {key: "Enter", code: "Enter", ctrlKey, isComposing: true, bubbles: true, cancelable: true}))"""


def on_record(database: str) -> list[tuple]:
    with as_owner(database) as owner:
        return owner.execute(
            "SELECT client_id, channel_id, language_id, topic_id, note FROM cases_session ORDER BY id"
        ).fetchall()


def kept(database: str) -> list[str]:
    """The notes of all drafts and of the versions beside them."""
    with as_owner(database) as owner:
        found = owner.execute("SELECT fields, rivals FROM cases_draft ORDER BY id").fetchall()
    return [
        version["note"][0]
        for fields, rivals in found
        for version in (fields, *(rival["fields"] for rival in rivals.values()))
    ]


def says(page, state: str):
    expect(page.locator(f"#state[data-state={state}]")).to_be_visible(timeout=15_000)


# What waits in the browser, by its names; bytes as base64. Written after ``openVault``, which makes the place.
WAITING = """() => new Promise((resolve) => {
  const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  const asked = indexedDB.open("unsent", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("unsent");
  asked.onsuccess = () => {
    const entries = asked.result.transaction("unsent").objectStore("unsent");
    const found = {};
    entries.openCursor().onsuccess = ({target: {result: at}}) => {
      if (!at) return asked.result.close(), resolve(found);
      found[at.key] = {...at.value, iv: text(at.value.iv), data: text(at.value.data)};
      at.continue();
    };
  };
})"""


def waiting(page) -> dict[str, dict]:
    return page.evaluate(WAITING)


def stored(page) -> str:
    """All that the browser keeps of the site, as one text."""
    plain = "JSON.stringify(Object.entries(localStorage)) + JSON.stringify(Object.entries(sessionStorage))"
    return page.evaluate(plain) + json.dumps(waiting(page))


def test_the_commonest_session_takes_at_most_twelve_keys_beyond_the_text(committed):
    person = make_client(name="NGUYEN VAN AN", nationality_id="VN", language_id="vi")
    make_client(name="NGUYEN VAN ANH")
    with signed_in(committed) as (page, address):
        begun, keys = time.monotonic(), []

        def press(key: str) -> None:
            keys.append(key)
            page.keyboard.press(key)

        page.goto(address)
        press("n")
        page.wait_for_url(f"**{NEW}")
        expect(page.locator("#find")).to_be_focused()
        page.keyboard.type("nguyen van an")
        press("Enter")
        page.wait_for_url(f"**{NEW}?client={person.pk}")
        expect(page.locator("#id_channel")).to_be_focused()
        press("ArrowDown")
        press("Tab")
        press("Tab")
        expect(page.locator("#topic-find")).to_be_focused()
        keys += ["임", "금"]
        page.keyboard.type("임금")
        press("Enter")
        press("Tab")
        expect(page.locator("#id_note")).to_be_focused()
        page.keyboard.type(NOTE)
        press("Control+Enter")
        page.wait_for_url(RECORDED)
        expect(page.locator(".notice--good")).to_contain_text("기록했습니다")
        assert page.locator("main").inner_text().count(NOTE) == 1
        assert len(keys) <= 12, keys
        assert time.monotonic() - begun < 20
    [(client, channel, language, topic, note)] = on_record(committed)
    assert (client, language, note) == (person.pk, "vi", NOTE)
    assert topic.startswith("labour")
    assert channel
    assert kept(committed) == []


def fill(page, note: str = NOTE) -> None:
    page.select_option("#id_channel", "visit")
    page.select_option("#id_language", "vi")
    page.fill("#topic-find", "임금")
    page.keyboard.press("Enter")
    page.fill("#id_note", note)


def test_a_note_that_is_too_long_is_told_while_it_is_typed_and_loses_nothing(committed):
    person = make_client(name="NGUYEN VAN AN")
    with signed_in(committed) as (page, address):
        page.goto(f"{address}{NEW}?client={person.pk}")
        told = page.locator("#id_note + [role=status]")
        page.fill("#id_note", "가" * 17_000)
        expect(told).to_be_empty()
        page.fill("#id_note", "가" * 19_990)
        expect(told).to_contain_text("10자 더")
        page.fill("#id_note", "가" * 19_999 + "\U0001f600" * 3)
        expect(told).to_contain_text("2자가 넘쳤습니다")
        expect(page.locator("#state")).to_contain_text("너무 길어")
        picture(page, "note-too-long")
        assert len(page.locator("#id_note").input_value()) == 20_002
        page.fill("#id_note", "가")
        expect(told).to_be_empty()
        expect(page.locator("#state")).not_to_contain_text("너무 길어")


def test_an_answer_that_is_lost_makes_no_second_session(committed):
    """The session is on record and the line breaks before its page hears of it: it opens what is there."""
    person = make_client(name="NGUYEN VAN AN", nationality_id="VN", language_id="vi")
    with signed_in(committed) as (page, address):
        page.goto(f"{address}{NEW}?client={person.pk}")
        fill(page)
        lost = []

        def drop_the_answer(route):
            if route.request.method != "POST" or lost:
                return route.continue_()
            lost.append(route.fetch().status)
            route.abort()

        page.route(re.compile(r"/sessions/new/"), drop_the_answer)
        page.locator("#id_note").press("Control+Enter")
        page.wait_for_url(RECORDED, timeout=15_000)
        assert lost == [201]
        assert len(on_record(committed)) == 1
        page.goto(address)
        assert kept(committed) == []


def test_neither_a_new_form_nor_the_way_back_shows_the_session_before(committed):
    with signed_in(committed) as (page, address):
        page.goto(address + NEW)
        fill(page)
        page.locator("#id_note").press("Control+Enter")
        page.wait_for_url(RECORDED)
        page.go_back()
        expect(page.locator("#id_note")).to_have_value("")
        page.goto(address + NEW)
        for field in ("note", "summary", "minutes", "channel"):
            expect(page.locator(f"#id_{field}")).to_have_value("")
    assert len(on_record(committed)) == 1
    assert kept(committed) == []


def test_how_many_came_follows_who_is_ticked_until_another_number_is_written(committed):
    principal, members = make_client(name="DEMO PRINCIPAL"), [make_client(name=f"DEMO MEMBER {n}") for n in range(2)]
    for member in members:
        make_dependant(principal, client=member)
    with signed_in(committed) as (page, address):
        page.goto(f"{address}{NEW}?client={principal.pk}&with=household")
        expect(page.locator("#id_clients")).to_have_value("3")
        page.locator("#others input").first.uncheck()
        expect(page.locator("#id_clients")).to_have_value("2")
        page.fill("#id_clients", "9")
        page.locator("#others input").first.check()
        expect(page.locator("#id_clients")).to_have_value("9")


def test_the_note_follows_the_language_that_is_chosen_for_it(committed):
    with signed_in(committed) as (page, address):
        page.goto(address + NEW)
        note = page.locator("#id_note")
        for chosen, language, direction in (
            ({"#id_language": "ar"}, "ar", "rtl"),
            ({"#id_note_language": "ko"}, "ko", "auto"),
            ({"#id_note_language": "", "#id_language": "vi"}, "vi", "auto"),
        ):
            for field, value in chosen.items():
                page.select_option(field, value)
            expect(note).to_have_attribute("lang", language)
            expect(note).to_have_attribute("dir", direction)


def test_sent_twice_is_one_session(committed):
    with signed_in(committed) as (page, address):
        page.goto(address + NEW)
        fill(page)
        page.evaluate("log.requestSubmit(); log.requestSubmit()")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(RECORDED)
        assert waiting(page) == {}
    assert len(on_record(committed)) == 1


class SurvivalTests:
    def test_a_draft_is_there_after_signing_out_and_in_again(self, committed):
        user = staff()
        with signed_in(committed, user=user) as (page, address):
            page.goto(address + NEW)
            assert kept(committed) == []
            page.fill("#id_note", NOTE)
            says(page, "saved")
            page.context.clear_cookies()
            page.locator("#id_note").press_sequentially(" More.")
            says(page, "signedOut")
            picture(page, "log-signed-out-desk")
            page.goto(f"{address}/accounts/login/")
            page.fill("#id_login", user)
            page.fill("#id_password", "a password of the tests")
            page.click("main button[type=submit]")
            page.goto(address)
            page.locator("[aria-labelledby=drafts] .rows__row a").first.click()
            expect(page.locator("#id_note")).to_have_value(NOTE + " More.")

    def test_nothing_goes_to_who_signs_in_after_them_in_the_same_browser(self, committed):
        first, second = staff(), staff(at="52130-c1")
        with signed_in(committed, user=first) as (page, address):
            page.goto(address + NEW)
            page.context.clear_cookies()
            other = page.context.new_page()
            sign_in(other, address, second, PASSWORD)
            page.bring_to_front()
            page.locator("#id_note").evaluate("(note, text) => { note.value = text; }", NOTE)
            page.locator("#id_note").dispatch_event("input")
            expect(page.locator("#state")).to_have_attribute("data-state", "signedOut")  # under the cover
            page.evaluate("document.querySelector('form[data-draft-address]').requestSubmit()")
            expect(page.locator("#idle-over")).to_be_visible()
            other.goto(f"{address}/")
            expect(other.locator("[aria-labelledby=drafts] .rows__row")).to_have_count(0)
            assert (kept(committed), on_record(committed)) == ([], [])
            other.context.clear_cookies()
            sign_in(other, address, first, PASSWORD)
            page.bring_to_front()
            says(page, "saved")
            expect(page.locator("#id_note")).to_have_value(NOTE)
            assert kept(committed) == [NOTE]

    def test_leaving_the_page_saves_what_was_typed_just_now(self, committed):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.fill("#id_note", NOTE)
            page.goto(address)
            expect(page.locator("[aria-labelledby=drafts] .rows__row")).to_have_count(1)
        assert kept(committed) == [NOTE]

    def test_two_tabs_are_both_kept_and_shown(self, committed):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.fill("#id_note", "one")
            says(page, "saved")
            second = page.context.new_page()
            second.goto(page.url)
            second.fill("#id_note", "one, and what the second window says")
            says(second, "saved")
            page.fill("#id_note", "one, and what the first window says")
            says(page, "beside")
            picture(page, "log-beside-desk")
            page.click("#state a")
            expect(page.locator("main")).to_contain_text("what the second window says")
            expect(page.locator("main")).to_contain_text("what the first window says")
            picture(page, "draft-versions-desk")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            page.locator("section", has_text="what the first window says").locator("button").click()
            expect(page.locator("#id_note")).to_have_value("one, and what the first window says")
        assert sorted(kept(committed)) == [
            "one, and what the first window says", "one, and what the second window says",
        ]  # fmt: skip

    def test_what_is_typed_on_after_another_window_put_it_on_record_is_kept(self, committed):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            fill(page)
            says(page, "saved")
            second = page.context.new_page()
            second.goto(page.url)
            second.locator("#id_note").press("Control+Enter")
            second.wait_for_url(RECORDED)
            before = page.url
            page.fill("#id_note", f"{NOTE} And more.")
            says(page, "gone")
            page.wait_for_function("before => location.href !== before", arg=before)
            assert kept(committed) == [f"{NOTE} And more."]
            says(page, "gone")
        assert [row[4] for row in on_record(committed)] == [NOTE]

    def test_a_form_sent_on_after_another_window_put_it_on_record_says_so(self, committed):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            fill(page)
            says(page, "saved")
            second = page.context.new_page()
            second.goto(page.url)
            second.locator("#id_note").press("Control+Enter")
            second.wait_for_url(RECORDED)
            page.fill("#id_note", f"{NOTE} And more.")
            page.locator("#id_note").press("Control+Enter")
            expect(page.locator("[role=alert]")).to_contain_text("다른 창에서")
            expect(page.locator("#id_note")).to_have_value(f"{NOTE} And more.")
        assert [row[4] for row in on_record(committed)] == [NOTE]


class KeyTests:
    def test_enter_takes_nobody_where_several_fit(self, committed):
        for _ in range(2):
            make_client(name="KIM MIN")
        chosen = make_client(name="KIM MINA")
        name_client(chosen, "김민아")
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.keyboard.type("kim min")
            page.keyboard.press("Enter")
            expect(page.locator("#find-found [role=option]")).to_have_count(3)
            picture(page, "log-found-desk")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert page.url == address + NEW
            for _ in range(3):
                page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            page.wait_for_url(f"**?client={chosen.pk}")

    def test_enter_takes_who_is_called_by_one_letter(self, committed):
        person = make_client(name="金")
        make_client(name="金龙")
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.fill("#find", "金")
            page.keyboard.press("Enter")
            page.wait_for_url(f"**?client={person.pk}")

    def test_the_client_is_chosen_after_the_text(self, committed):
        person = make_client(name="KIM MIN")
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.fill("#id_note", NOTE)
            page.fill("#find", "kim min")
            page.keyboard.press("Enter")
            page.wait_for_url("**?draft=*")
            expect(page.locator(".lead")).to_contain_text("KIM MIN")
            expect(page.locator("#id_note")).to_have_value(NOTE)
        with as_owner(committed) as owner:
            assert owner.execute("SELECT client_id FROM cases_draft").fetchall() == [(person.pk,)]

    def test_keys_of_an_input_method_are_no_commands(self, committed):
        make_client(name="KIM MIN")
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            fill(page)
            page.focus("#id_note")
            page.evaluate(COMPOSING, True)
            page.focus("#topic-find")
            keys = page.context.new_cdp_session(page)
            keys.send("Input.imeSetComposition", {"text": "체불", "selectionStart": 2, "selectionEnd": 2})
            page.evaluate(COMPOSING, False)
            assert page.locator(".chips .chip").count() == 1
            keys.send("Input.insertText", {"text": "체류"})
            page.focus("#find")
            keys.send("Input.imeSetComposition", {"text": "ㅜ", "selectionStart": 1, "selectionEnd": 1})
            assert page.url.startswith(address + NEW)
        assert on_record(committed) == []

    def test_enter_in_a_field_of_one_line_goes_on_and_puts_nothing_on_record(self, committed):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            fill(page, "")
            page.locator("#id_minutes").press_sequentially("10")
            page.keyboard.press("Enter")
            expect(page.locator("#id_clients")).to_be_focused()
            for field in ("#id_channel", "#id_held_on", "#id_follow_up_on"):
                page.locator(field).press("Enter")
            keys = page.context.new_cdp_session(page)
            page.focus("#id_minutes")
            held = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
            for _ in range(40):
                keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "autoRepeat": True, **held})
            says(page, "saved")
            assert page.url.startswith(address + NEW)
            assert on_record(committed) == []
            page.locator("#id_minutes").press("Control+Enter")
            page.wait_for_url(RECORDED)
        assert len(on_record(committed)) == 1

    def test_a_topic_goes_by_a_press_of_its_own_and_is_said(self, committed):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            for text in ("임금", "건강", "체류"):
                page.fill("#topic-find", text)
                page.keyboard.press("Enter")
            chips, keys = page.locator(".chips .chip"), page.context.new_cdp_session(page)
            page.keyboard.type("ab")
            held = {"key": "Backspace", "code": "Backspace", "windowsVirtualKeyCode": 8}
            for repeat in (False, *[True] * 20):
                keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "autoRepeat": repeat, **held})
            keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **held})
            expect(page.locator("#topic-find")).to_have_value("")
            expect(chips).to_have_count(3)
            page.keyboard.press("Backspace")
            expect(chips).to_have_count(2)
            expect(page.locator("[data-topics] [role=status]")).to_contain_text("뺐습니다: ")

    @pytest.mark.parametrize("text", ["임금", "wage", "lương", "工资"])
    def test_a_topic_is_found_in_every_language(self, committed, text):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.fill("#topic-find", text[:2])
            expect(page.locator("#topics-found [role=option]").first).to_be_visible()
            page.fill("#topic-find", text)
            expect(page.locator("#topics-found [data-code='labour.wages']")).to_be_visible()

    def test_topics_are_chips_and_the_first_is_the_main_one(self, committed):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            for text in ("임금", "건강", "체류"):
                page.fill("#topic-find", text)
                page.keyboard.press("Enter")
            chips = page.locator(".chips .chip")
            expect(chips).to_have_count(3)
            first = page.input_value("#id_topic")
            assert first
            chips.first.locator("button").click()
            expect(chips).to_have_count(2)
            assert page.input_value("#id_topic") not in {"", first}


@pytest.mark.parametrize("screen", SCREENS)
def test_the_page_is_whole_and_for_everyone(committed, screen):
    person = make_client(name="NGUYEN VAN AN", nationality_id="VN", language_id="vi")
    with signed_in(committed, screen) as (page, address):
        for name, path in {"log": NEW, "log-client": f"{NEW}?client={person.pk}"}.items():
            page.goto(address + path)
            fill(page)
            says(page, "saved")
            picture(page, f"{name}-{screen}")
            page.screenshot(path=f"screenshots/{name}-{screen}-view.png")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS[screen]["width"]
        page.goto(address)
        expect(page.locator("[aria-labelledby=drafts] .rows__row")).to_have_count(2)
        picture(page, f"drafts-{screen}")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
