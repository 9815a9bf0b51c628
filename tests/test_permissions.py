"""Who may do what: the table of the design, and every route of the site for every kind of person."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import URLResolver, get_resolver, reverse

from centers.models import Role
from centers.roles import PROVINCE_WIDE, ROLE_PERMISSIONS
from tests import make
from tests.permissions_matrix import ARGUMENTS, EXPECTED, PEOPLE
from visas.models import EligibilityRule, ObligationRule, RequiredPaper

# The design's table, written out a second time. One letter a cell: r read, w write, + what else the role may there.
TABLE = """
            counsellor manager city_officer shelter_operator university_coordinator province_staff
sessions    rw         rw      -            -                -                      -
clients     rw         rw      rw           rw               rw                     r
visa_cases  rw         rw      rw+          -                rw                     r+
vouchers    rw         rw      rw+          -                -                      r
stays       -          -       -            rw               -                      -
activities  rw         rw+     r+           rw               -                      rw+
figures     r          r       r            r                r                      r+
access_log  -          r       -            -                -                      -
workbooks   -          +       -            -                -                      -
"""
OF_NO_CASE = {"privacy_officer": {"view_access_log"}, "system_admin": {"grant_roles"}}
MORE = {
    "visa_cases": "review_visa_cases", "vouchers": "approve_vouchers", "activities": "accept_activities",
    "figures": "enter_figures", "workbooks": "import_workbooks",
}  # fmt: skip


def written_out() -> dict[str, set[str]]:
    head, *rows = TABLE.strip().splitlines()
    roles = head.split()
    found = {role: set() for role in roles}
    for row in rows:
        noun, *cells = row.split()
        verbs = {"r": f"view_{noun}", "w": f"work_{noun}", "+": MORE.get(noun)}
        for role, cell in zip(roles, cells, strict=True):
            found[role] |= {verbs[letter] for letter in cell if letter != "-"}
    return found | OF_NO_CASE


class RoleTests:
    def test_the_roles_are_those_of_the_design(self):
        assert set(ROLE_PERMISSIONS) == set(Role.values) == set(written_out())

    @pytest.mark.parametrize("role", Role.values)
    def test_a_role_is_what_the_design_says(self, role):
        assert set(ROLE_PERMISSIONS[role]) == written_out()[role]

    def test_the_province_reaches_no_notes_and_no_files(self):
        assert {
            "view_visa_cases", "review_visa_cases", "view_vouchers", "view_figures", "enter_figures",
            "view_access_log", "grant_roles",
        } == PROVINCE_WIDE  # fmt: skip

    def test_who_writes_reads(self):
        for role, permissions in ROLE_PERMISSIONS.items():
            written = {name.removeprefix("work_") for name in permissions if name.startswith("work_")}
            assert {f"view_{noun}" for noun in written} <= permissions, role


def named_routes(resolver: URLResolver | None = None, prefix: str = "") -> set[str]:
    found = set()
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            found |= named_routes(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        else:
            found.add(prefix + entry.name if entry.name else f"unnamed: {entry.pattern}")
    return found


def open_page(browser: Browser, route: str, arguments: dict) -> int:
    answer = browser.get(reverse(route, kwargs=arguments))
    assert answer.status_code != 405 or "</html>" in answer.content.decode(), f"{route} refuses without a word"
    return answer.status_code


ROLES = {
    "counsellor elsewhere": (Role.COUNSELLOR, "52130-c1"),
    "counsellor": (Role.COUNSELLOR, "52110-c1"),
    "manager": (Role.MANAGER, "52110-c1"),
    "city officer": (Role.CITY_OFFICER, "52110-office"),
    "shelter": (Role.SHELTER_OPERATOR, "52110-s1"),
    "university": (Role.UNIVERSITY_COORDINATOR, "jbnu"),
    "province": (Role.PROVINCE_STAFF, "52-office"),
    "privacy officer": (Role.PRIVACY_OFFICER, "52-office"),
    "system admin": (Role.SYSTEM_ADMIN, "52-office"),
}


def test_every_route_has_a_row_in_the_matrix():
    routes = named_routes()
    assert routes - set(EXPECTED) == set(), "routes without a row in tests/permissions_matrix.py"
    assert set(EXPECTED) - routes == set(), "rows of routes that are gone"
    assert {name for name, row in EXPECTED.items() if len(row) != len(PEOPLE)} == set()


def _permit():
    """A permit of the office of 52110, where F-2-R is not offered: the rules are asked for by name."""
    return make.make_visa_case(
        "F-2-R", "52110-office", recommended_on=make.DAY, letter_number="P-1", granted_on=make.DAY
    )


def make_subjects() -> dict[str, int]:
    """The records that routes are asked about: of 52110-c1, of the office there and of its shelter."""
    client = make.make_client("52110-c1")
    held = make.make_user(Role.COUNSELLOR).memberships.get()
    applicant = make.make_client("52110-office")
    return {
        "employment": (job := make.make_employment(client)).pk,
        "employer": job.employer_id,
        "member": make.make_dependant(client).pk,
        "former number": make.make_number(client, "passport", "M12345678", former=True).pk,
        "attachment": make.make_attachment(client).pk,
        "client": client.pk,
        "pair": make.make_pair(client, make.make_client("52110-c1")).pk,
        "question": make.make_question(client).pk,
        "request": make.make_request(client, make.make_question(make.make_client("52130-c1"))).pk,
        "session": make.make_session(client=client).pk,
        "deadline": make.make_deadline().pk,
        "activity": make.make_activity("one-centre", "52110-c1").pk,
        "stay": make.make_stay(checked_out_on=make.DAY + timedelta(days=6)).pk,
        "visa case": make.make_visa_case(client=applicant).pk,
        "check": make.make_check(granted := _permit()).pk,
        "finding": make.make_finding(make.make_check(granted, kind="work")).pk,
        "dependant question": make.make_dependant_question(granted).pk,
        "duty rule": ObligationRule.objects.first().pk,
        "paper rule": RequiredPaper.objects.first().pk,
        "closing": make.make_closing(make.make_finding(make.make_check(granted, kind="workplace"))).pk,
        "rule": EligibilityRule.objects.first().pk,
        "demand": make.make_demand("52110").pk,
        "proposal": make.make_proposal().pk,
        "student": (student := make.make_student()).pk,
        "change": make.make_change(student).pk,
        "semester": make.make_semester().pk,
        "study permit": make.make_study_permit(student).pk,
        "korean": make.make_korean(student).pk,
        "period": make.make_period().pk,
        "major": student.major_id,
        "dependant": make.make_dependant(applicant).pk,
        "receipt": make.make_batch(make.make_user(Role.CITY_OFFICER, "52110-office")).pk,
        "check receipt": make.make_check_batch(make.make_user(Role.CITY_OFFICER, "52110-office")).pk,
        "voucher": make.make_voucher("52110").pk,
        "quota entry": make.make_entry().pk,
        "membership": held.pk,
        "account": held.user_id,
        "export": make.make_export(make.make_user(Role.COUNSELLOR)).pk,
    }


@pytest.fixture
def subjects(db, settings) -> dict[str, int]:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    return make_subjects()


@pytest.mark.parametrize("person", PEOPLE)
def test_every_route_answers_as_the_matrix_says(person, subjects):
    browser = Browser()
    if person != "anonymous":
        user = make.make_user(*ROLES.get(person, ()))
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    column, wrong = PEOPLE.index(person), {}
    for route, row in sorted(EXPECTED.items()):
        arguments = {key: subjects.get(value, value) for key, value in ARGUMENTS.get(route, {}).items()}
        status = open_page(browser, route, arguments)
        if status != row[column]:
            wrong[route] = f"{status} instead of {row[column]}"
    assert wrong == {}
