"""Each role and its start page by the keyboard alone: what can be used is reached, in order, and shows it."""

from pathlib import Path

import pytest

from centers.models import Role
from tests.e2e.browser import CHROMIUM, chromium, page_of, sign_in
from tests.e2e.site import PASSWORD, serving
from tests.e2e.test_pages import sign_in_for
from tests.make import make_client, make_session, make_stay, make_visa_case, make_voucher

pytestmark = [
    pytest.mark.browser,
    pytest.mark.committed,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]

ROLES = (
    (Role.COUNSELLOR, "52110-c1"),
    (Role.MANAGER, "52110-c1"),
    (Role.CITY_OFFICER, "52140-office"),
    (Role.SHELTER_OPERATOR, "52110-s1"),
    (Role.UNIVERSITY_COORDINATOR, "jbnu"),
    (Role.PROVINCE_STAFF, "52-office"),
    (Role.PRIVACY_OFFICER, "52-office"),
    (Role.SYSTEM_ADMIN, "52-office"),
)
# What can be used, in the order of the page; each gets a number of its own to be known by.
USABLE = """() => {
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const seen = [...document.querySelectorAll(kinds)].filter((one) =>
    !one.disabled && one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }));
  return seen.map((one, number) => ((one.dataset.walk = number), one.outerHTML.slice(0, 90)));
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (one === document.body || one === document.documentElement) return null;
  const style = getComputedStyle(one);
  const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const box = one.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { number: Number(one.dataset.walk), marked, inside };
}"""


def walked(page) -> list[dict]:
    """What the Tab key reaches one after the other, until it leaves the page or stands still."""
    reached = []
    while len(reached) < 400:
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None or (reached and focused["number"] == reached[0]["number"]):
            break
        reached.append(focused)
    return reached


def test_every_role_walks_through_the_start_page(committed):
    client = make_client()
    make_session(client=client)
    make_stay()
    make_visa_case(client=client)
    make_voucher()
    names = {(role, at): sign_in_for(role, at) for role, at in ROLES}
    with serving(committed) as address, chromium() as browser:
        for role, at in ROLES:
            with page_of(browser, "desk", []) as page:
                sign_in(page, address, names[role, at], PASSWORD)
                page.goto(address)
                usable = page.evaluate(USABLE)
                reached = walked(page)
                assert [one["number"] for one in reached] == list(range(len(usable))), (role, usable)
                assert len(usable) > 8, role
                unmarked = [usable[one["number"]] for one in reached if not one["marked"]]
                assert unmarked == [], role
                outside = [usable[one["number"]] for one in reached if not one["inside"]]
                assert outside == [], role
