"""What the page of a session does beyond logging one: correcting, several clients, what spares typing, number keys."""

from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from tests.e2e.browser import CHROMIUM, SCREENS, chromium, picture, sign_in
from tests.e2e.site import PASSWORD, serving
from tests.e2e.test_log import NEW, RECORDED, fill, kept, on_record, says, stored
from tests.e2e.test_shell import signed_in, staff
from tests.make import PDF, make_client, make_dependant, make_session
from tests.support import as_owner

pytestmark = [
    pytest.mark.browser,
    pytest.mark.committed,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]


def own_session(page, address: str) -> str:
    """The address of a session that the person has just logged."""
    page.goto(address + NEW)
    fill(page, "처음 쓴 내용")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(RECORDED)
    return page.url


def test_a_correction_survives_a_cut_line_and_a_closed_page(committed):
    with signed_in(committed) as (page, address):
        session = own_session(page, address)
        page.goto(session + "edit/")
        page.context.set_offline(True)
        page.fill("#id_note", "끊긴 동안 정정함")
        says(page, "waits")
        assert "정정함" not in stored(page)
        page.context.set_offline(False)
        says(page, "saved")
        page.goto(address)
        page.goto(session + "edit/")
        expect(page.locator("#id_note")).to_have_value("끊긴 동안 정정함")
        page.click("#log button[type=submit]:not([value])")
        page.wait_for_url(RECORDED)
        assert kept(committed) == []
    assert [note for *_rest, note in on_record(committed)] == ["끊긴 동안 정정함"]


@pytest.mark.parametrize("screen", SCREENS)
def test_the_second_of_two_people_sees_both_versions(committed, screen):
    with signed_in(committed, screen) as (page, address):
        session = own_session(page, address)
        page.goto(session + "edit/")
        with as_owner(committed) as owner:
            owner.execute("UPDATE cases_session SET note = '동료가 고친 내용'")
        page.fill("#id_note", "내가 고친 내용")
        says(page, "saved")
        page.keyboard.press("Control+Enter")
        both = page.locator("[aria-labelledby=meanwhile]").first
        expect(both).to_contain_text("동료가 고친 내용")
        expect(both).to_contain_text("내가 고친 내용")
        expect(page.locator("#id_note")).to_have_value("내가 고친 내용")
        picture(page, f"both-{screen}")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS[screen]["width"]
        page.keyboard.press("Control+Enter")
        page.wait_for_url(RECORDED)
        assert kept(committed) == []
    assert [note for *_rest, note in on_record(committed)] == ["내가 고친 내용"]


@pytest.mark.parametrize("screen", SCREENS)
def test_family_is_ticked_and_somebody_else_is_found(committed, screen):
    principal, spouse = make_client(name="NGUYEN VAN AN"), make_client(name="TRAN THI BINH")
    friend = make_client(name="LE VAN CUONG")
    make_dependant(principal, client=spouse)
    with signed_in(committed, screen) as (page, address):
        page.goto(f"{address}{NEW}?client={principal.pk}")
        fill(page)
        page.check(f"#others input[value='{spouse.pk}']")
        page.click("summary:has-text('함께 온 다른 내담자')")
        page.fill("#find-other", "le van cuong")
        page.keyboard.press("Enter")
        expect(page.locator(f"#others input[value='{friend.pk}']")).to_be_checked()
        says(page, "saved")
        picture(page, f"others-{screen}")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.reload()
        expect(page.locator(f"#others input[value='{friend.pk}']")).to_be_checked()
        page.click("summary:has-text('함께 온 다른 내담자')")
        page.focus("#find-other")  # where the way without a mouse ends
        page.keyboard.press("Control+Enter")
        page.wait_for_url(RECORDED)
        expect(page.locator("main")).to_contain_text("LE VAN CUONG")
    with as_owner(committed) as owner:
        assert owner.execute("SELECT clients FROM cases_session").fetchone() == (3,)


def test_a_form_that_nobody_types_in_makes_no_draft(committed):
    person = make_client(name="NGUYEN VAN AN", language_id="vi")
    session = make_session(client=person)
    with signed_in(committed) as (page, address):
        for opened in (f"{NEW}?client={person.pk}", f"/sessions/{session.pk}/edit/", NEW):
            page.clock.install()
            page.goto(f"{address}{opened}")
            page.clock.run_for(10_000)  # ten times the pause after which what was typed is saved
            expect(page.locator("#state[data-state=saved]")).to_have_count(0)
    with as_owner(committed) as owner:
        assert owner.execute("SELECT count(*) FROM cases_draft").fetchone() == (0,)


def test_what_is_offered_fills_what_is_empty_and_nothing_else(committed):
    person = make_client(name="NGUYEN VAN AN", language_id="vi")
    make_session(client=person, channel_id="phone", topic_id="health", caller_id="self", language_id="km")
    with signed_in(committed) as (page, address):
        page.goto(f"{address}{NEW}?client={person.pk}")
        page.select_option("#id_channel", "visit")
        page.click("[data-fill]")
        expect(page.locator("#id_caller")).to_have_value("self")
        expect(page.locator("#id_channel")).to_have_value("visit")
        expect(page.locator("#id_language")).to_have_value("vi")
        expect(page.locator(".chips .chip")).to_have_count(1)
        expect(page.locator("[data-offers] [role=status]")).to_contain_text("의뢰인")
        says(page, "saved")


def test_number_keys_open_the_rows_of_the_start_page(committed):
    person, name, today = make_client(name="NGUYEN VAN AN"), staff(), timezone.localdate()
    user = User.objects.get(username=name)
    make_session(client=person, counsellor=user, held_on=today - timedelta(days=3), follow_up_on=today)
    with signed_in(committed, user=name) as (page, address):
        page.goto(address)
        expect(page.locator("[data-row] kbd").first).to_have_text("1")
        page.keyboard.press("1")
        page.wait_for_url(f"**{NEW}?client={person.pk}&answers=*")


def on_file(database: str) -> list[tuple]:
    with as_owner(database) as owner:
        return owner.execute("SELECT name, kind_id FROM cases_attachment ORDER BY id").fetchall()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_file_on_its_way_is_followed_and_a_refused_one_stays_chosen(committed, screen, tmp_path):
    person = make_client(name="NGUYEN VAN AN")
    lie, sound = tmp_path / "lie.pdf", tmp_path / "sound.pdf"
    lie.write_bytes(b"<html></html>")
    sound.write_bytes(PDF + b"\x00" * 2_000_000)
    with signed_in(committed, screen) as (page, address):
        page.goto(f"{address}/clients/{person.pk}/attachments/new/")
        state = page.locator("[data-upload-state]")
        page.set_input_files("#id_file", lie)
        page.select_option("#id_kind", "employment")
        page.click("form[data-upload] button[type=submit]")
        expect(page.locator(".summary")).to_be_focused()
        expect(page.locator("#id_file")).to_have_attribute("aria-invalid", "true")
        assert page.evaluate("document.querySelector('#id_file').files[0].name") == "lie.pdf"
        assert page.input_value("#id_kind") == "employment"
        picture(page, f"upload-refused-{screen}")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert on_file(committed) == []
        page.context.set_offline(True)
        page.set_input_files("#id_file", sound)
        page.click("form[data-upload] button[type=submit]")
        expect(state).to_contain_text("도착하지 않았습니다")
        page.context.set_offline(False)
        page.route("**/attachments/new/", lambda route: (picture(page, f"upload-sending-{screen}"), route.continue_()))
        page.click("form[data-upload] button[type=submit]")
        page.wait_for_url(f"**/clients/{person.pk}/")
        expect(page.locator(".notice--good")).to_contain_text("sound.pdf")
    assert on_file(committed) == [("sound.pdf", "employment")]


def test_without_script_a_file_is_sent_as_any_form(committed, tmp_path):
    person, user = make_client(name="NGUYEN VAN AN"), staff()
    (tmp_path / "a.pdf").write_bytes(PDF)
    with serving(committed) as address, chromium() as browser:
        page = browser.new_context(java_script_enabled=False, locale="ko-KR").new_page()
        sign_in(page, address, user, PASSWORD)
        page.goto(f"{address}/clients/{person.pk}/attachments/new/")
        page.set_input_files("#id_file", tmp_path / "a.pdf")
        page.select_option("#id_kind", "other")
        page.click("form[data-upload] button[type=submit]")
        expect(page.locator(".notice--good")).to_contain_text("a.pdf")
