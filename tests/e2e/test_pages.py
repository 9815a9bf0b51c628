from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client as Browser
from django.utils import timezone

from centers.models import Role
from tests.e2e.browser import CHROMIUM, SCREENS, chromium, page_of, picture, sign_in
from tests.e2e.site import PASSWORD, serving
from tests.make import (
    DAY,
    make_activity,
    make_client,
    make_session,
    make_stay,
    make_user,
    make_visa_case,
    make_voucher,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.committed,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

PUBLIC = {"sign-in": ("/accounts/login/", 200)}
ACCOUNT = {
    "password": ("/accounts/password/", 200),
    "second-factor": ("/accounts/2fa/", 200),
    "second-factor-set-up": ("/accounts/2fa/totp/activate/", 200),
    "sign-out": ("/accounts/logout/", 200),
    "no-such-page": ("/nothing/", 404),
}
PROVINCE = {
    "sheet": ("/kpi/2025/", 200),
    "sheet-bad-day": ("/kpi/2025/?as_of=soon", 400),
    "evidence-masked": ("/kpi/evidence/2025.session/", 200),
    "evidence-open": ("/kpi/evidence/2025.reading.rule.recommended-persons/", 200),
    "evidence-sum": ("/kpi/evidence/2025.won/", 200),
    "evidence-none": ("/kpi/evidence/2025.session.language.fr/", 200),
    "figure": ("/kpi/2025/figures/sister-exchange/", 200),
    "figure-enter": ("/kpi/2025/figures/sister-exchange/enter/", 200),
    "sessions-closed": ("/sessions/", 403),
}
COUNSELLOR = {
    "sessions": ("/sessions/", 200),
    "sessions-filtered": ("/sessions/?month=2025-03&late=1&language=vi&topic=no-such-topic", 200),
    "sessions-page-gone": ("/sessions/?after=made-up", 400),
    "clients": ("/clients/", 200),
    "search": ("/search/", 200),
    "export-new": ("/exports/new/sessions/?month=2025-03", 200),
    "exports-none": ("/exports/", 200),
    "sheet-closed": ("/kpi/2025/", 403),
}
LISTS = {
    "visa-cases": ("/visas/cases/", 200),
    "vouchers": ("/visas/vouchers/?state=paid", 200),
    "activities": ("/activities/", 200),
}
SHELTER = {"stays": ("/stays/", 200), "stays-none": ("/stays/?night=2001-01-01", 200)}
PRIVACY = {
    "access": ("/access/", 200),
    "access-nothing": ("/access/?what=taken", 200),
    "access-bad-day": ("/access/?from=soon", 200),
    "entries": ("/entries/", 200),
    "asked-elsewhere": ("/elsewhere/", 200),
}
ADMIN = {
    "roles": ("/roles/", 200),
    "role-new": ("/roles/new/", 200),
    "role-end": ("/roles/1/end/", 200),
    "staff": ("/staff/", 200),
    "account-new": ("/staff/new/", 200),
    "entries-of-rights": ("/entries/?kind=rights", 200),
    "asking-bounds": ("/elsewhere/bounds/", 200),
}


def make_a_year() -> tuple[str, str]:
    """Some records of each kind. Gives the pages of a session and of its client."""
    person = make_client(
        name="NGUYEN VAN AN", nationality_id="VN", status_id="E-9", status_expires_on=date(2025, 2, 1)
    )
    session = make_session(client=person, note="Công ty chưa trả lương tháng 9.", summary="임금 미지급 문의")
    for month in range(2, 12):
        make_session("52130-c1", held_on=date(2025, month, 10), topic_id="health", language_id="zh")
        make_activity(held_on=date(2025, month, 12), participants=20)
        worker = make_client("52140-office")
        make_visa_case(client=worker, received_on=date(2025, month, 1), recommended_on=date(2025, month, 9))
        make_voucher(client=worker, applied_on=date(2025, month, 10), paid_on=date(2025, month, 20))
    make_stay(checked_out_on=date(2025, 3, 9))
    return session.get_absolute_url(), person.get_absolute_url()


def sign_in_for(role: Role, at: str) -> str:
    user = make_user(role, at, name="시험 담당")
    user.set_password(PASSWORD)
    user.save()
    return user.username


class PageTests:
    def test_everyone_s(self, committed):
        self.look(committed, "", PUBLIC)

    def test_the_province_s(self, committed):
        make_a_year()
        made = {
            "visa-case": make_visa_case(recommended_on=DAY, granted_on=DAY),
            "voucher": make_voucher(),
            "activity": make_activity(evidence="공문 123", approved_on=DAY),
        }
        details = {name: (row.get_absolute_url(), 200) for name, row in made.items()}
        self.look(committed, sign_in_for(Role.PROVINCE_STAFF, "52-office"), PROVINCE | LISTS | details | ACCOUNT)

    def test_a_shelter_s(self, committed):
        make_stay(checked_in_on=date(2025, 3, 3))
        stay = make_stay(bed_code="2", checked_out_on=date(2025, 3, 9))
        user = sign_in_for(Role.SHELTER_OPERATOR, "52110-s1")
        self.look(committed, user, SHELTER | {"stay": (stay.get_absolute_url(), 200)})

    def test_a_counsellor_s(self, committed):
        session, person = make_a_year()
        user = sign_in_for(Role.COUNSELLOR, "52110-c1")
        self.look(committed, user, COUNSELLOR | {"session": (session, 200), "client": (person, 200)})

    def test_the_privacy_officer_s(self, committed):
        make_a_year()
        for client in [make_client() for _ in range(12)]:
            make_session(client=client)
        counsellor = Browser()
        counsellor.force_login(make_user(Role.COUNSELLOR, name="시험 상담원"), backend=BACKEND)
        for address in ("/sessions/", "/at/52110-c1/sessions/", "/clients/1/", "/kpi/2025/"):
            counsellor.get(address)
        self.look(committed, sign_in_for(Role.PRIVACY_OFFICER, "52-office"), PRIVACY)

    def test_the_administrator_s(self, committed):
        for role in (Role.COUNSELLOR, Role.MANAGER, Role.CITY_OFFICER):
            make_user(role, name=f"시험 {role.label}")
        self.look(committed, sign_in_for(Role.SYSTEM_ADMIN, "52-office"), ADMIN)

    def test_who_has_no_page(self, committed):
        self.look(committed, sign_in_for(Role.SHELTER_OPERATOR, "52110-s1"), {"start": ("/", 200)})

    def look(self, database: str, username: str, pages: dict[str, tuple[str, int]]) -> None:
        with serving(database) as address, chromium() as browser:
            for screen in SCREENS:
                complaints: list[str] = []
                with page_of(browser, screen, complaints) as page:
                    if username:
                        sign_in(page, address, username, PASSWORD)
                    for name, (path, status) in pages.items():
                        complaints.clear()
                        assert page.goto(address + path).status == status, path
                        picture(page, f"{name}-{screen}")
                        # A refusal is an error to the browser's log, and so it should be.
                        unexpected = [text for text in complaints if f"status of {status}" not in text]
                        assert unexpected == [], path
                        assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS[screen]["width"], path
                        found = Axe().run(page)
                        assert found.violations_count == 0, f"{path} on {screen}\n{found.generate_report()}"


PARTS = """[...document.querySelectorAll(".board__part")].map((part) => {
  const [cell, card] = [part.getBoundingClientRect(), part.firstElementChild.getBoundingClientRect()];
  return { left: Math.round(cell.left), top: card.top, bottom: card.bottom };
})"""
GAP = 25  # pixels between two panels of a column, at most


def test_no_gap_stands_beside_a_long_panel_and_the_order_is_that_of_the_keyboard(committed):
    """A counsellor with many follow-ups and few of all else, on the screen of an old PC."""
    user = make_user(Role.COUNSELLOR, name="시험 담당")
    user.set_password(PASSWORD)
    user.save()
    today = timezone.localdate()
    for _ in range(8):
        make_session(client=make_client(), counsellor=user, held_on=today - timedelta(days=9), follow_up_on=today)
    with serving(committed) as address, chromium() as browser, page_of(browser, "desk", []) as page:
        sign_in(page, address, user.username, PASSWORD)
        page.goto(address)
        parts = page.evaluate(PARTS)
        picture(page, "start-columns")
    lefts = [part["left"] for part in parts]
    assert len(set(lefts)) == 2
    assert lefts == sorted(lefts), "down the left column, then down the right one"
    for before, after in pairwise(parts):
        if before["left"] == after["left"]:
            assert 0 < after["top"] - before["bottom"] <= GAP, (before, after)


class LanguageTests:
    def test_the_sheet_fits_in_every_language(self, committed):
        make_a_year()
        username = sign_in_for(Role.PROVINCE_STAFF, "52-office")
        with serving(committed) as address, chromium() as browser:
            for screen, size in SCREENS.items():
                with page_of(browser, screen, []) as page:
                    sign_in(page, address, username, PASSWORD)
                    page.goto(f"{address}/kpi/2025/")
                    for language in ("en", "vi", "zh-hans", "ko"):
                        page.locator(".menu > summary").first.click()
                        page.locator(f"button[value={language}]").click()
                        page.wait_for_url("**/kpi/2025/")
                        assert page.locator("html").get_attribute("lang") == language
                        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
                        picture(page, f"sheet-{language}-{screen}")

    def test_the_keyboard_reaches_the_content_first(self, committed):
        username = sign_in_for(Role.COUNSELLOR, "52110-c1")
        with serving(committed) as address, chromium() as browser, page_of(browser, "desk", []) as page:
            sign_in(page, address, username, PASSWORD)
            page.goto(f"{address}/sessions/")
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.className") == "skip"
            page.keyboard.press("Enter")
            assert page.evaluate("location.hash") == "#content"
