"""The frame of every page in a real browser: its looks, its keys, its end, and what it leaves on paper."""

import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from centers.models import Role
from tests.e2e.browser import CHROMIUM, SCREENS, SCREENSHOTS, chromium, page_of, picture, sign_in
from tests.e2e.site import PASSWORD, serving
from tests.make import make_session, make_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.committed,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]

STYLE = "tests.style.wsgi"
WIDTHS = {"half of the desk": (683, 384), "quarter of the desk": (341, 192), "narrowest": (320, 568)}
FONTS = {
    "km": "Khmer", "th": "Thai", "ne": "Devanagari", "my": "Myanmar", "si": "Sinhala", "lo": "Lao", "bn": "Bengali",
    "ta": "Tamil", "ka": "Georgian", "am": "Ethiopic",
}  # fmt: skip
# What the browser notes by itself of an answer that refuses, and of a line that a test has cut.
TOLD_BY_THE_PAGE = ("status of", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
# The letter of the key N in the Hangul layout.
HANGUL_N = {"key": "ㅜ", "code": "KeyN", "windowsVirtualKeyCode": 78}


def staff(role: Role = Role.COUNSELLOR, at: str = "52110-c1", name: str = "시험 담당", **fields) -> str:
    user = make_user(role, at, name=name, **fields)
    user.set_password(PASSWORD)
    user.save()
    return user.username


@contextmanager
def signed_in(database: str, screen: str = "desk", application: str = "config.wsgi", user: str = "", **settings):
    """A page of somebody signed in, and the address of the site."""
    complaints: list[str] = []
    user = user or staff()  # before the browser's event loop runs
    with (
        serving(database, application, **settings) as address,
        chromium() as browser,
        page_of(browser, screen, complaints) as page,
    ):
        sign_in(page, address, user, PASSWORD)
        yield page, address
    assert [text for text in complaints if not any(told in text for told in TOLD_BY_THE_PAGE)] == []


def width(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")


class LookTests:
    @pytest.mark.parametrize("screen", SCREENS)
    def test_every_component_in_both_contrasts(self, committed, screen):
        with signed_in(committed, screen, STYLE) as (page, address):
            for contrast in ("standard", "more"):
                page.context.add_cookies([{"name": "contrast", "value": contrast, "url": address}])
                for name, path in {"style": "/style/", "confirm": "/style/confirm/"}.items():
                    page.goto(address + path)
                    picture(page, f"{name}-{contrast}-{screen}")
                    assert width(page) <= SCREENS[screen]["width"]
                    found = Axe().run(page)
                    assert found.violations_count == 0, found.generate_report()

    def test_the_system_s_wish_for_contrast_is_heard_where_nothing_was_chosen(self, committed):
        with signed_in(committed) as (page, address):
            page.emulate_media(contrast="more")
            ground = "getComputedStyle(document.body.parentElement).backgroundColor"
            assert page.evaluate(ground) == "rgb(19, 20, 22)"
            page.context.add_cookies([{"name": "contrast", "value": "standard", "url": address}])
            page.reload()
            assert page.evaluate(ground) == "rgb(244, 245, 246)"

    def test_colours_of_the_system(self, committed):
        with signed_in(committed, "desk", STYLE) as (page, address):
            page.emulate_media(forced_colors="active")
            page.goto(f"{address}/style/")
            picture(page, "style-forced")
            for part in ("main .badge", "main .button", "main .notice", "main .chip"):
                line = "part => getComputedStyle(document.querySelector(part)).borderTopWidth"
                assert page.evaluate(line, part) != "0px", part

    def test_larger_letters_and_narrow_windows_need_no_scrolling_sideways(self, committed):
        make_session()
        with signed_in(committed, "desk", STYLE) as (page, address):
            for name, (wide, high) in WIDTHS.items():
                page.set_viewport_size({"width": wide, "height": high})
                for path in ("/style/", "/sessions/", "/accounts/password/", "/nothing/"):
                    page.goto(address + path)
                    assert width(page) <= wide, (name, path)
                page.goto(f"{address}/style/")
                picture(page, f"style-{wide}")

    def test_on_a_telephone_the_head_is_two_rows_and_the_tabs(self, committed):
        with signed_in(committed, "phone", STYLE, user=staff(name="이름이 아주 긴 시험 담당자 한 사람")) as (
            page,
            address,
        ):
            page.goto(f"{address}/style/")
            parts = "[...document.querySelectorAll('.bar__in > :not(.bar__break)')]"
            middles = page.evaluate(f"{parts}.map(part => part.offsetTop + part.offsetHeight / 2)")
            middle = {round(at / 30) for at in middles}
            assert len(middle) <= 2
            assert page.locator(".bar").bounding_box()["height"] <= 110
            page.locator(".bar__me summary").click()
            picture(page, "head-phone")
            box = page.locator(".bar__me .menu__items").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= SCREENS["phone"]["width"]

    def test_on_a_telephone_the_hint_of_the_search_is_whole_and_no_key_stands_on_a_button(self, committed):
        with signed_in(committed, "phone") as (page, address):
            for language in ("ko", "vi", "zh-hans", "en"):
                page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
                page.goto(f"{address}/sessions/new/")
                hint, field = (
                    page.locator(f".bar__search {part}").bounding_box() for part in ("span", "[type=search]")
                )
                assert hint["x"] + hint["width"] <= field["x"] + field["width"], language
                assert page.locator("main button kbd:visible").count() == 0
            page.fill(".bar__search [type=search]", "an")
            expect(page.locator(".search__hint")).to_be_hidden()

    def test_every_script_shows_in_a_font_that_has_it(self, committed):
        with signed_in(committed, "desk", STYLE) as (page, address):
            page.goto(f"{address}/style/")
            browser = page.context.new_cdp_session(page)
            browser.send("DOM.enable")
            browser.send("CSS.enable")
            root = browser.send("DOM.getDocument")["root"]["nodeId"]
            for language, font in FONTS.items():
                query = {"nodeId": root, "selector": f".name[lang={language}]"}
                node = browser.send("DOM.querySelector", query)["nodeId"]
                used = browser.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
                assert any(font in one["familyName"] for one in used), (language, used)
                assert all("Noto" in one["familyName"] for one in used), (language, used)
            page.locator(".name").first.locator("xpath=ancestor::section").screenshot(path=SCREENSHOTS / "names.png")


class KeyTests:
    def test_keys_lead_on_in_every_layout_and_rest_while_somebody_types(self, committed):
        with signed_in(committed, "desk", STYLE) as (page, address):
            keys = page.context.new_cdp_session(page)
            page.goto(f"{address}/style/")
            page.keyboard.press("/")
            field = page.locator(".bar__search input[name=q]")
            expect(field).to_be_focused()
            page.keyboard.type("n/?")
            assert field.input_value() == "n/?"
            assert page.url.endswith("/style/")
            field.blur()
            page.keyboard.press("Shift+Slash")
            expect(page.locator("#shortcuts")).to_be_visible()
            page.keyboard.press("n")
            assert page.url.endswith("/style/")
            page.keyboard.press("Escape")
            expect(page.locator("#shortcuts")).to_be_hidden()
            keys.send("Input.dispatchKeyEvent", {"type": "keyDown", **HANGUL_N})
            page.wait_for_url("**/sessions/new/")

    def test_on_a_phone_the_search_has_a_button_too(self, committed):
        with signed_in(committed, "phone", STYLE) as (page, address):
            page.goto(f"{address}/style/")
            page.locator(".bar__search input[name=q]").fill("kim")
            page.locator(".bar__search button").click()
            page.wait_for_url("**/search/")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_who_does_not_want_them_switches_them_off(self, committed):
        with signed_in(committed, "desk", STYLE) as (page, address):
            page.goto(f"{address}/style/")
            page.locator(".bar__me summary").click()
            page.locator("button[name=on][value='0']").click()
            page.wait_for_url("**/style/")
            page.keyboard.press("/")
            page.keyboard.press("n")
            expect(page.locator(".bar__search input[name=q]")).not_to_be_focused()
            assert page.url.endswith("/style/")

    def test_a_menu_closes_on_escape_and_gives_the_focus_back(self, committed):
        with signed_in(committed) as (page, _address):
            page.locator(".bar__me summary").click()
            page.locator(".bar__me .menu__item").first.focus()
            page.keyboard.press("Escape")
            expect(page.locator(".bar__me summary")).to_be_focused()
            expect(page.locator(".bar__me .menu__items")).to_be_hidden()


class IdleTests:
    SHORT = "0.2"  # minutes: twelve seconds, of which the last six are the warning

    def test_warns_keeps_what_was_typed_and_covers_the_page(self, committed):
        with signed_in(committed, user=self.user, SETTLEMENT_IDLE_MINUTES=self.SHORT) as (page, address):
            page.goto(f"{address}/accounts/password/")
            page.fill("#id_oldpassword", "half a sentence")
            other = page.context.new_page()
            other.goto(f"{address}/accounts/password/")
            warning = page.locator("#idle")
            expect(warning).to_be_visible(timeout=15_000)
            picture(page, "idle-warning")
            expect(page.get_by_role("timer")).to_have_text(re.compile("^0:0[1-6]$"))
            page.locator("#idle button").click()
            expect(warning).to_be_hidden()
            expect(other.locator("#idle")).to_be_hidden()
            assert page.input_value("#id_oldpassword") == "half a sentence"
            expect(page.locator("#idle-over")).to_be_visible(timeout=20_000)
            expect(page.locator("main h1")).to_be_hidden()
            picture(page, "idle-over")
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")
            expect(page.locator("main h1")).to_be_hidden()
            # The sign-in opens beside what was typed, and the same person finds it again.
            with page.context.expect_page() as opened:
                page.locator("#idle-over a").click()
            again = opened.value
            assert again.url == f"{address}/accounts/login/?next=/accounts/password/"
            again.fill("#id_login", self.user)
            again.fill("#id_password", PASSWORD)
            again.click("main button[type=submit]")
            again.wait_for_url("**/accounts/password/")
            expect(page.locator("main h1")).to_be_visible()
            assert page.input_value("#id_oldpassword") == "half a sentence"

    @pytest.fixture(autouse=True)
    def somebody(self, committed):
        self.user = staff()

    def test_somebody_else_s_sign_in_does_not_uncover_it(self, committed):
        someone_else = staff()
        with signed_in(committed, user=self.user, SETTLEMENT_IDLE_MINUTES=self.SHORT) as (page, address):
            page.goto(f"{address}/accounts/password/")
            other = page.context.new_page()
            expect(page.locator("#idle-over")).to_be_visible(timeout=20_000)
            sign_in(other, address, someone_else, PASSWORD)
            other.goto(f"{address}/accounts/password/")
            page.bring_to_front()
            expect(page.locator("#idle-over")).to_be_visible()
            expect(page.locator("main h1")).to_be_hidden()

    def test_without_script_the_server_leads_to_the_sign_in(self, committed):
        with serving(committed, SETTLEMENT_IDLE_MINUTES="0.02") as address, chromium() as browser:
            page = browser.new_context(java_script_enabled=False).new_page()
            page.goto(f"{address}/accounts/login/?next=/accounts/password/")
            page.fill("#id_login", self.user)
            page.fill("#id_password", PASSWORD)
            page.click("main button[type=submit]")
            assert page.locator("dialog:visible").count() == 0
            expect(page.locator("#id_login")).to_have_count(0)
            while page.request.get(f"{address}/stay/").json()["seconds"] > 0:  # asking keeps nobody signed in
                pass
            page.reload()
            assert page.url == f"{address}/accounts/login/?next=/accounts/password/"


class ErrorTests:
    PAGES = ("400", "403", "404", "500")

    def test_pages_of_error_say_what_happened_and_lead_on(self, committed):
        with signed_in(committed, "phone", STYLE) as (page, address):
            for status in self.PAGES:
                answer = page.goto(f"{address}/style/{status}/")
                assert answer.status == int(status)
                picture(page, f"error-{status}-phone")
                expect(page.locator(".demo")).to_be_visible()
                assert page.locator("main a").count() >= 1
                assert Axe().run(page).violations_count == 0, status

    def test_a_refused_change_keeps_what_was_typed(self, committed):
        with signed_in(committed, "desk", STYLE) as (page, address):
            page.goto(f"{address}/style/confirm/")
            page.evaluate(
                """() => {
                    const form = document.querySelector("main form");
                    form.action = "/style/taken/";
                    const note = document.createElement("textarea");
                    note.name = "note";
                    note.value = "Công ty chưa trả lương tháng 9.";
                    form.append(note);
                }"""
            )
            page.locator("main button[type=submit]").click()
            page.wait_for_url("**/style/taken/")
            picture(page, "error-409")
            expect(page.locator(".typed")).to_have_text("Công ty chưa trả lương tháng 9.")
            assert Axe().run(page).violations_count == 0


class PaperTests:
    def test_paper_says_who_printed_it_and_shows_nothing_to_press(self, committed):
        for _each in range(60):
            make_session(summary="임금 미지급 문의")
        with signed_in(committed) as (page, address):
            page.context.add_cookies([{"name": "contrast", "value": "more", "url": address}])
            page.goto(f"{address}/at/52110-c1/sessions/")
            page.emulate_media(media="print")
            page.set_viewport_size({"width": 1032, "height": 703})  # what is left of A4 within its margins
            picture(page, "sessions-paper")
            expect(page.locator(".demo")).to_be_visible()
            expect(page.locator(".printed", has_text="출력")).to_contain_text("시험 담당")
            for part in (".bar", ".tabs", ".filter", "main .button", "dialog"):
                assert page.locator(f"{part}:visible").count() == 0, part
            style = "([part, name]) => getComputedStyle(document.querySelector(part))[name]"
            assert page.evaluate(style, ["thead", "display"]) == "table-header-group"
            assert page.evaluate(style, ["tbody a", "textDecorationLine"]) == "none"
            assert page.evaluate(style, ["main", "color"]) == "rgb(30, 33, 36)", "paper is white"
            assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") >= 2
