"""What becomes of a session's text, and of whoever it is with, while the line is cut."""

import base64
import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, expect, sync_playwright

from cases.unsent import HOURS
from tests.e2e.browser import ARGUMENTS, CHROMIUM, picture, sign_in
from tests.e2e.site import serving
from tests.e2e.test_log import NEW, NOTE, RECORDED, fill, kept, on_record, says, stored, waiting
from tests.e2e.test_shell import PASSWORD, signed_in, staff
from tests.make import make_client
from tests.support import as_owner

pytestmark = [
    pytest.mark.browser,
    pytest.mark.committed,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]


class CutLineTests:
    def test_text_typed_without_a_line_is_sent_when_it_is_back(self, committed):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.fill("#id_note", "first")
            says(page, "saved")
            page.context.set_offline(True)
            page.locator("#id_note").press_sequentially(" and the rest")
            says(page, "waits")
            picture(page, "log-cut-desk")
            page.context.set_offline(False)
            says(page, "saved")
            assert waiting(page) == {}
        assert kept(committed) == ["first and the rest"]

    def test_what_waits_in_the_browser_cannot_be_read_there(self, committed):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.context.set_offline(True)
            page.fill("#id_note", f"{NOTE} PASSPORT")
            says(page, "waits")
            found = stored(page)
            assert "PASSPORT" not in found
            assert "lương" not in found
            assert json.dumps("사업주")[1:-1] not in found
            assert "사업주" not in found
            assert page.evaluate("'unsentKey' in log.dataset") is False
            entries = waiting(page).values()
            assert entries
            assert all(b"PASSPORT" not in base64.b64decode(entry["data"]) for entry in entries)
            assert all(set(entry) == {"iv", "data", "until"} for entry in entries)
            assert all(entry["until"] / 1000 - time.time() < HOURS * 3600 + 60 for entry in entries)

    def test_recording_without_a_line_keeps_the_page_and_the_text(self, committed):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            fill(page)
            page.context.set_offline(True)
            page.keyboard.press("Control+Enter")
            says(page, "cut")
            assert page.input_value("#id_note") == NOTE
            page.context.set_offline(False)
            page.locator("#id_note").press("Control+Enter")
            page.wait_for_url(RECORDED)
        assert [row[-1] for row in on_record(committed)] == [NOTE]
        assert kept(committed) == []

    def test_who_is_chosen_without_a_line_is_who_the_session_goes_to(self, committed):
        person = make_client(name="NGUYEN VAN AN", nationality_id="VN", language_id="vi")
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            fill(page)
            says(page, "saved")
            page.fill("#find", "nguyen van an")
            expect(page.locator("[role=option]")).to_have_count(1)
            page.context.set_offline(True)
            page.locator("#find").press("Enter")
            says(page, "waits")
            page.context.set_offline(False)
            page.wait_for_url(f"**{NEW}?draft=*", timeout=90_000)
            page.locator("#id_note").press("Control+Enter")
            page.wait_for_url(RECORDED)
        assert [(row[0], row[4]) for row in on_record(committed)] == [(person.pk, NOTE)]

    def test_a_page_closed_without_a_line_gives_its_text_to_the_next(self, committed):
        with signed_in(committed) as (page, address):
            other = page.context.new_page()
            other.goto(f"{address}/sessions/")
            page.goto(address + NEW)
            page.context.set_offline(True)
            page.fill("#id_note", NOTE)
            says(page, "waits")
            page.close()
            other.context.set_offline(False)
            other.goto(address)
            expect(other.locator("[aria-labelledby=drafts] .rows__row")).to_have_count(1)
            assert waiting(other) == {}
            other.locator("[aria-labelledby=drafts] .rows__row a").first.click()
            expect(other.locator("#id_note")).to_have_value(NOTE)
        assert kept(committed) == [NOTE]

    def test_a_name_looked_for_without_a_line_is_said_and_looked_for_again(self, committed):
        person = make_client(name="NGUYEN VAN AN", nationality_id="VN", language_id="vi")
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.context.set_offline(True)
            page.keyboard.type("nguyen van an")
            page.keyboard.press("Enter")
            said = page.locator("[data-count]")
            expect(said).to_contain_text("연결이 끊겼습니다")
            expect(page.locator("#find")).to_have_value("nguyen van an")
            picture(page, "log-find-cut-desk")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            page.context.set_offline(False)
            page.wait_for_url(f"**{NEW}?client={person.pk}")

    def test_an_enter_of_before_leads_nobody_away_who_went_on_without_a_line(self, committed):
        make_client(name="NGUYEN VAN AN")
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.context.set_offline(True)
            page.keyboard.type("nguyen van an")
            page.keyboard.press("Enter")
            expect(page.locator("[data-count]")).to_contain_text("연결이 끊겼습니다")
            page.locator("#id_note").press_sequentially(NOTE)
            page.context.set_offline(False)
            expect(page.locator("#find-found [role=option]")).to_have_count(1)
            says(page, "saved")
            expect(page.locator("#id_note")).to_be_focused()
            assert page.locator("[name=draft_client]").first.input_value() == ""

    def test_who_is_chosen_without_a_line_before_anything_is_typed_is_kept(self, committed):
        person = make_client(name="NGUYEN VAN AN", nationality_id="VN", language_id="vi")
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.keyboard.type("nguyen van an")
            expect(page.locator("#find-found [role=option]")).to_have_count(1)
            page.context.set_offline(True)
            page.keyboard.press("Enter")
            says(page, "waits")
            assert page.url == address + NEW
            expect(page.locator("#find")).to_have_value("nguyen van an")
            page.context.set_offline(False)
            page.wait_for_url(f"**{NEW}?draft=*", timeout=90_000)
            expect(page.locator(".lead")).to_contain_text("NGUYEN VAN AN")
        with as_owner(committed) as owner:
            assert owner.execute("SELECT client_id FROM cases_draft").fetchall() == [(person.pk,)]

    @pytest.mark.parametrize("way", ["[data-new-client] input[type=submit]", ".log__foot a"])
    def test_no_way_off_the_page_is_taken_without_a_line(self, committed, way):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.keyboard.type("PHAM THI HOA")
            expect(page.locator("[data-count]")).not_to_be_empty()
            page.fill("#id_note", NOTE)
            page.context.set_offline(True)
            page.locator(way).click()
            expect(page.locator("main").get_by_text("이 화면에 머무릅니다")).to_be_visible()
            expect(page.locator("#find")).to_have_value("PHAM THI HOA")
            expect(page.locator("#id_note")).to_have_value(NOTE)
            page.context.set_offline(False)
            page.locator(way).click()
            page.wait_for_url(lambda url: NEW not in url)

    def test_whoever_comes_back_from_the_browser_s_error_page_goes_on_with_the_text(self, committed):
        with signed_in(committed) as (page, address):
            page.goto(address + NEW)
            page.context.set_offline(True)
            page.fill("#id_note", NOTE)
            says(page, "waits")
            with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
                page.goto(address)
            page.context.set_offline(False)
            page.go_back()
            page.wait_for_url(f"**{NEW}?draft=*")
            expect(page.locator("#id_note")).to_have_value(NOTE)

    def test_what_waits_outlives_a_browser_that_is_killed(self, committed, tmp_path):
        user = staff()
        with serving(committed) as address, sync_playwright() as playwright:
            page = profile(playwright, tmp_path)
            sign_in(page, address, user, PASSWORD)
            page.goto(address + NEW)
            page.context.set_offline(True)
            page.fill("#id_note", NOTE)
            says(page, "waits")
            kill(tmp_path)
            page = profile(playwright, tmp_path)
            sign_in(page, address, user, PASSWORD)
            page.goto(address)  # at once, while the page before is still sending
            page.locator("[aria-labelledby=drafts] .rows__row a").first.click()
            expect(page.locator("#id_note")).to_have_value(NOTE)
            page.context.close()


def profile(playwright, folder: Path):
    """A page of a browser that keeps its stores in a folder, as that of a desk does."""
    context = playwright.chromium.launch_persistent_context(folder, executable_path=CHROMIUM, args=ARGUMENTS)
    return context.pages[0]


def kill(folder: Path) -> None:
    """The power fails: every process of the browser of this folder ends at once."""
    for told in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if f"--user-data-dir={folder}".encode() in told.read_bytes().split(b"\0"):
                os.kill(int(told.parent.name), signal.SIGKILL)
    (folder / "SingletonLock").unlink(missing_ok=True)
