"""The pages of a counsellor for everyone: each language, 200 %, a telephone, and a PC that others use too."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from centers.models import Role
from tests.e2e.browser import CHROMIUM, SCREENS, picture
from tests.e2e.test_log import NEW, NOTE, fill, says
from tests.e2e.test_shell import signed_in, staff, width
from tests.make import make_client, make_contact, make_deadline, make_pair, make_session, name_client

pytestmark = [
    pytest.mark.browser,
    pytest.mark.committed,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]

TODAY = timezone.localdate()
NAME, PHONE = "NGUYEN VAN AN", "010-0000-7777"
TWICE = (683, 384)  # an old PC's screen at 200 %
# Everything that a browser keeps of a site, as one text.
STORES = """async () => {
  const kept = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}), document.cookie];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) kept.push(request.url, await (await cache.match(request)).text());
  }
  for (const { name, version } of await indexedDB.databases()) {
    const asked = indexedDB.open(name, version);
    await new Promise((resolve) => (asked.onsuccess = resolve));
    for (const store of asked.result.objectStoreNames) {
      const entries = asked.result.transaction(store).objectStore(store);
      const [names, values] = [entries.getAllKeys(), entries.getAll()];
      await new Promise((resolve) => (values.onsuccess = resolve));
      const bytes = values.result.map(({ data }) => new TextDecoder().decode(data));
      kept.push(name, store, JSON.stringify([names.result, values.result]), ...bytes);
    }
    asked.result.close();
  }
  kept.push(...(await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope));
  return kept.join("\\n");
}"""
# Fields that a browser would remember what was typed into, or fill in.
REMEMBERED = """() => [...document.querySelectorAll("main input, main textarea, header input[type=search]")]
  .filter((field) => !field.form?.matches(".filter")) // what narrows a list is nothing of a person
  .filter((field) => !["hidden", "checkbox", "radio", "submit", "button", "file"].includes(field.type))
  .filter((field) => !(field.autocomplete === "off" || (!field.autocomplete && field.form?.autocomplete === "off")))
  .map((field) => field.name)"""


@pytest.fixture
def work() -> tuple[str, dict[str, str]]:
    """A counsellor with a day's work, and the pages of it."""
    name = staff(official=False)
    user = User.objects.get(username=name)
    person, other = make_client(name=NAME, nationality_id="VN", language_id="vi"), make_client(name="NGUYEN VAN ANH")
    name_client(person, "응우옌반안")
    make_contact(person, PHONE)
    days = {"held_on": TODAY - timedelta(days=9), "follow_up_on": TODAY}
    session = make_session(client=person, counsellor=user, note=NOTE, **days)
    make_deadline(session, due_on=TODAY)
    pair = make_pair(person, other)
    return name, {
        "today": "/", "log": f"{NEW}?client={person.pk}", "log-nobody": NEW, "session": f"/sessions/{session.pk}/",
        "correct": f"/sessions/{session.pk}/edit/", "client": f"/clients/{person.pk}/",
        "client-edit": f"/clients/{person.pk}/edit/", "client-new": "/clients/new/", "deadlines": "/deadlines/",
        "follow-ups": "/sessions/follow-ups/", "sessions": "/sessions/", "clients": "/clients/",
        "pair": pair.get_absolute_url(), "end": f"/sessions/{session.pk}/follow-up/",
        "later": f"/sessions/{session.pk}/later/", "deadline": f"/sessions/{session.pk}/deadline/",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "vi", "zh-hans"])
def test_every_page_in_every_language_of_the_site(committed, work, language):
    name, pages = work
    User.objects.filter(username=name).update(language=language)
    with signed_in(committed, user=name) as (page, address):
        for shown, path in pages.items():
            page.goto(address + path)
            assert page.locator("html").get_attribute("lang") == language
            assert width(page) <= SCREENS["desk"]["width"], path
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path} in {language}\n{found.generate_report()}"
            picture(page, f"{shown}-{language}-desk")


@pytest.mark.parametrize("size", [TWICE, (390, 844)])
def test_at_200_percent_and_on_a_telephone_nothing_is_covered(committed, work, size):
    name, pages = work
    shape = "x".join(map(str, size))
    with signed_in(committed, user=name) as (page, address):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for shown, path in pages.items():
            page.goto(address + path)
            assert width(page) <= size[0], path
            head = page.locator("body > header").bounding_box()
            assert head["height"] <= size[1] / 2, "the head leaves room for the page"
            picture(page, f"{shown}-{shape}")
        page.goto(address + NEW)
        page.fill("#find", "nguyen")
        option = page.locator("#find-found [role=option]").first
        expect(option).to_be_in_viewport(ratio=0.9)
        page.screenshot(path=f"screenshots/find-{shape}-view.png")
        page.locator("#topic-find").scroll_into_view_if_needed()
        page.fill("#topic-find", "임금")
        expect(page.locator("#topics-found [aria-selected=true]")).to_be_in_viewport(ratio=0.9)
        foot = page.locator(".log__foot").bounding_box()
        chosen = page.locator("#topics-found [aria-selected=true]").bounding_box()
        assert chosen["y"] + chosen["height"] <= foot["y"] or foot["y"] + foot["height"] <= chosen["y"]
        page.screenshot(path=f"screenshots/topics-{shape}-view.png")


def test_nothing_readable_stays_in_the_browser(committed, work):
    name, pages = work
    with signed_in(committed, user=name) as (page, address):
        for path in pages.values():
            answer = page.goto(address + path)
            assert "no-store" in answer.headers["cache-control"], path
            assert page.evaluate(REMEMBERED) == [], path
        page.goto(address + pages["log"])
        fill(page)
        says(page, "saved")
        kept = page.evaluate(STORES)
        assert not [word for word in (NAME, "응우옌반안", PHONE, NOTE[:12]) if word in kept]
        page.goto(address + pages["client"])
        page.locator(".bar__me > summary").click()
        page.locator(".bar__me form[action$='/logout/'] button").click()
        page.wait_for_load_state()
        if page.locator("main form button[type=submit]").count():
            page.locator("main form button[type=submit]").first.click()
            page.wait_for_load_state()
        for _step in range(3):
            page.go_back()
            assert NAME not in page.content()
        kept = page.evaluate(STORES)
        assert not [word for word in (NAME, "응우옌반안", PHONE, NOTE[:12]) if word in kept]


def test_a_note_that_is_too_long_says_how_long_and_stays(committed, work):
    name, pages = work
    with signed_in(committed, user=name) as (page, address):
        page.goto(address + pages["log"])
        fill(page, "가" * 20_001)
        page.locator("#id_note").press("Control+Enter")
        summary = page.locator(".summary")
        expect(summary).to_be_focused()
        expect(summary).to_contain_text("20,001")
        expect(summary).to_contain_text("20,000")
        assert len(page.input_value("#id_note")) == 20_001


def test_n_on_the_page_of_a_client_takes_them_along_and_a_new_client_takes_the_text_along(committed, work):
    name, pages = work
    with signed_in(committed, user=name) as (page, address):
        page.goto(address + pages["client"])
        page.keyboard.press("n")
        page.wait_for_url(f"**{pages['log']}")
        page.goto(address + NEW)
        fill(page)
        says(page, "saved")
        page.fill("#find", "PHAM THI HOA")
        page.locator("[data-new-client] input[type=submit]").click()
        page.wait_for_url("**/clients/new/")
        expect(page.locator("#client_roman")).to_have_value("PHAM THI HOA")
        page.locator("#client_roman").press("Control+Enter")
        page.wait_for_url(f"**{NEW}?draft=*")
        expect(page.locator(".lead")).to_contain_text("PHAM THI HOA")
        expect(page.locator("#id_note")).to_have_value(NOTE)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_manager_closes_a_month_and_a_correction_of_it_says_why(committed, screen):
    session = make_session(client=make_client(), held_on=date(2025, 3, 14), language_id="vi", note=NOTE)
    with signed_in(committed, screen, user=staff(Role.MANAGER, official=False)) as (page, address):
        for path in ("/sessions/months/", "/sessions/months/52110-c1/2025-03/"):
            page.goto(address + path)
            assert width(page) <= SCREENS[screen]["width"]
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            picture(page, f"month-{len(path)}-{screen}")
        page.locator("main form button[type=submit]").click()
        expect(page.locator(".summary")).to_be_focused()
        page.goto(f"{address}/sessions/{session.pk}/edit/")
        page.fill("#id_summary", "3월 임금 체불")
        page.locator("#id_summary").press("Control+Enter")
        page.wait_for_url(f"**/sessions/{session.pk}/*")
        page.goto(f"{address}/sessions/months/52110-c1/2025-03/")
        page.locator("main form button[type=submit]").click()
        expect(page.locator("main")).to_contain_text("1건을 마감했습니다")
        page.goto(f"{address}/sessions/{session.pk}/edit/")
        page.fill("#id_summary", "3월과 4월 임금 체불")
        page.locator("#id_summary").press("Control+Enter")
        page.locator(".summary a").first.press("Enter")
        expect(page.locator("#id_change_reason")).to_be_focused()
        picture(page, f"month-closed-correct-{screen}")
        page.keyboard.type("착오 정정")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(f"**/sessions/{session.pk}/*")
        expect(page.locator("main")).to_contain_text("착오 정정")
