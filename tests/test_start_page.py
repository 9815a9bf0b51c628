"""The start page of each role: what it shows, and that each of its figures is the number of the rows behind it."""

import re
from datetime import date, timedelta
from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Session, Stay
from cases.services.follow_up import keep_follow_ups
from centers.models import Membership, Role
from centers.services.membership import grant_role
from kpi.evidence import Figure, total
from kpi.month import same_day_before
from kpi.numbers import likely
from kpi.rollup import roll_up
from tests.make import (
    everywhere,
    make_client,
    make_leave,
    make_session,
    make_stay,
    make_user,
    make_visa_case,
    make_voucher,
    place,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
FIGURE = re.compile(r'<dd class="figure">\s*<a href="(?P<url>[^"]+)">(?P<number>[\d,]+)</a>')
PANEL = re.compile(r'<div class="board__part.*?(?=<div class="board__part|</main>)', re.DOTALL)
RATE = re.compile(r'<a href="(?P<url>[^"]+language\.-ko/)">(?P<percent>[\d.]+) %</a>')
IN_ROWS = re.compile(r'<a class="rows__end" href="(?P<url>[^"]+)">(?P<number>[\d,]+)</a>')
IN_HEADING = re.compile(r'<a class="badge[^"]*"\s*href="(?P<url>[^"]+)">(?P<number>[\d,]+)</a>')


def start(browser) -> str:
    answer = browser.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def figures(text: str) -> dict[str, int]:
    """The figures of a page that lead somewhere, by where they lead."""
    matches = chain.from_iterable(pattern.finditer(text) for pattern in (FIGURE, IN_ROWS, IN_HEADING))
    found = [match for match in matches if match["url"][0] != "#"]
    return {match["url"].replace("&amp;", "&"): int(match["number"].replace(",", "")) for match in found}


def rows_behind(browser, url: str) -> int:
    """How many rows the list or the evidence behind a figure has, or what they add to."""
    context = browser.get(url).context
    if "figure" in context and context["is_sum"]:
        return context["figure"].amount
    return context["shown"].total.number


@pytest.fixture
def records():
    """Some records of today and before, of every kind that a start page counts."""
    counsellor = make_user(Role.COUNSELLOR, name="상담원")
    person = make_client(sex_id="male", nationality_id="VN")
    make_session(client=person, held_on=TODAY, counsellor=counsellor, minutes=30, clients=2)
    make_session(held_on=TODAY, counsellor=counsellor, language_id="ne")
    make_session(held_on=TODAY, counsellor_name="다른 상담원", summary="요지")
    make_session("52130-c1", held_on=TODAY)
    late = make_client()
    make_session(client=late, held_on=TODAY - timedelta(days=20), follow_up_on=TODAY, counsellor=counsellor)
    worker = make_client("52110-office")
    make_visa_case(client=worker, received_on=TODAY - timedelta(days=40), recommended_on=TODAY - timedelta(days=9))
    make_voucher(client=worker, applied_on=TODAY, paid_on=TODAY)
    make_voucher(client=make_client("52110-office"), applied_on=TODAY)
    guest = make_client("52110-s1", sex_id="male")
    make_stay(client=guest, checked_in_on=TODAY - timedelta(days=2))
    make_stay(bed_code="2", checked_in_on=TODAY - timedelta(days=5), checked_out_on=TODAY - timedelta(days=3))
    student = make_client("jbnu")
    make_visa_case(client=student, programme="D-2", municipality_id=None, received_on=TODAY)
    return counsellor


def signed_in(client, records, role: Role, at: str):
    client.force_login(records if role == Role.COUNSELLOR else make_user(role, at))
    return client


ROLES = [
    (Role.COUNSELLOR, "52110-c1", 3),
    (Role.MANAGER, "52110-c1", 5),
    (Role.CITY_OFFICER, "52110-office", 3),
    (Role.SHELTER_OPERATOR, "52110-s1", 3),
    (Role.UNIVERSITY_COORDINATOR, "jbnu", 1),
    (Role.PROVINCE_STAFF, "52-office", 5),
]


@pytest.mark.parametrize(("role", "at", "least"), ROLES)
def test_every_figure_opens_to_as_many_rows(client, records, role, at, least):
    found = figures(start(signed_in(client, records, role, at)))
    assert len(found) >= least
    assert {url: rows_behind(client, url) for url in found} == found


@pytest.mark.parametrize(("role", "at", "least"), ROLES)
def test_figures_say_for_which_day_they_hold_and_what_they_count(client, records, role, at, least):
    panels = [part for part in PANEL.findall(start(signed_in(client, records, role, at))) if FIGURE.search(part)]
    assert panels
    for part in panels:
        assert f'<span class="muted as-of">기준일 {TODAY}</span>' in part
        assert "산정 기준" in part or "마지막 단계" in part


def test_a_tab_of_one_workspace_says_the_roles_held_there(client):
    user = make_user(Role.COUNSELLOR, "52110-c1")
    grant_role(user=user, workspace=place("52130-c1"), role=Role.MANAGER, actor=make_user())
    client.force_login(user)
    head = re.compile(r'<div class="head__title">.*?</div>', re.DOTALL)
    assert {"· 상담원", "· 센터장"} == set(re.findall("· (?:상담원|센터장)", head.search(start(client))[0]))
    here = head.search(client.get("/at/52130-c1/").content.decode())[0]
    assert re.findall("· (?:상담원|센터장)", here) == ["· 센터장"]


def test_the_rate_of_other_languages_opens_to_the_sessions_in_it(client, records):
    rates = RATE.findall(start(signed_in(client, records, Role.PROVINCE_STAFF, "52-office")))
    with everywhere():
        held = list(Session.objects.exclude(language="ko").values_list("workspace__code", flat=True))
    assert len(rates) == len(set(held)) > 0
    for url, percent in rates:
        number = held.count(url.split(".workspace.")[1].split("~")[0])
        whole = rows_behind(client, url.split("~")[0] + "/")
        assert rows_behind(client, url) == number == round(float(percent) * whole / 100)


@pytest.mark.parametrize(("role", "at", "least"), ROLES)
def test_a_workspace_without_records_says_what_to_do(client, role, at, least):
    client.force_login(make_user(role, at))
    text = start(client)
    assert "muted" in text
    assert {number for url, number in figures(text).items() if ".offered" not in url} <= {0}  # but for beds


@pytest.mark.parametrize(("role", "at", "least"), ROLES)
def test_more_rows_ask_no_more_of_the_database(client, records, role, at, least):
    signed_in(client, records, role, at)
    start(client)  # what a process reads once
    with CaptureQueriesContext(connection) as before:
        start(client)
    for number in range(6):
        again = make_client(sex_id="male")
        make_session(client=again, held_on=TODAY, counsellor=records, follow_up_on=TODAY + timedelta(days=1))
        make_visa_case(client=make_client("52110-office"), received_on=TODAY)
        make_voucher(client=make_client("52110-office"), applied_on=TODAY)
        make_stay(
            room="1",
            bed_code=str(number % 3 + 2),
            client=make_client("52110-s1", sex_id="male"),
            checked_in_on=TODAY - timedelta(days=6 - number),
            checked_out_on=TODAY - timedelta(days=5 - number),
        )
    start(client)
    with CaptureQueriesContext(connection) as after:
        start(client)
    assert len(after) == len(before)


@pytest.mark.parametrize(
    ("role", "at"),
    [
        (Role.CITY_OFFICER, "52110-office"),
        (Role.UNIVERSITY_COORDINATOR, "jbnu"),
        (Role.SHELTER_OPERATOR, "52110-s1"),
    ],
)
def test_rows_that_were_cut_are_the_first_of_the_list_they_lead_to(client, role, at):
    """In the same order, and with the number of all of them."""
    for number in range(10):
        make_visa_case(client=make_client("52110-office"), received_on=TODAY - timedelta(days=40 - number))
        case = make_client("jbnu")
        make_visa_case("D-2", client=case, municipality_id=None, received_on=TODAY - timedelta(days=number // 2))
        came, left = TODAY - timedelta(days=6), TODAY - timedelta(days=5 - number % 3)
        if number < 8:
            place = {"room": "13"[number // 4], "bed_code": str(number % 4 + 1)}
            make_stay(client=make_client("52110-s1", sex_id="male"), checked_in_on=came, checked_out_on=left, **place)
    client.force_login(make_user(role, at))
    answer = client.get("/")
    panels = [panel.shown for panel in answer.context["panels"]]
    parts = [part for shown in panels for part in (shown.get("arrivals"), shown.get("departures")) if part]
    of_cases = [shown for shown in panels if "whole" in shown and shown["rows"] and "case" in shown["rows"][0]]
    parts += [shown | {"stays": [row["case"] for row in shown["rows"]]} for shown in of_cases]
    assert parts
    for part in parts:
        listed = client.get(part["whole"].url).context["shown"]
        shown = [row.pk for row in part["stays"]]
        assert shown == [row.pk for row in listed.page][: len(shown)]
        assert part["more"] == listed.total.number - len(shown) > 0
        assert part["whole"].number == listed.total.number


class CounsellorTests:
    def test_own_sessions_come_first_and_others_of_the_centre_after(self, client, records):
        client.force_login(records)
        answer = client.get("/")
        panel = next(panel for panel in answer.context["panels"] if "mine" in panel.shown)
        assert [row.counsellor_id == records.pk for row in panel.shown["sessions"]] == [True, True, False]

    def test_another_session_with_the_client_ends_no_follow_up_by_itself(self, client, records):
        with everywhere():
            due = Session.objects.due_by(TODAY)
            (promised,) = due
            later = make_session(client=promised.client, held_on=TODAY)
            assert list(due.all()) == [promised]
            keep_follow_ups(actor=records, promised=due, by=later)
            assert list(due.all()) == []

    def test_nobody_else_s_centre_is_counted(self, client, records):
        client.force_login(make_user(Role.COUNSELLOR, "52130-c1"))
        assert set(figures(start(client)).values()) == {1}

    def test_the_latest_clients_lead_to_the_same_clients_in_the_same_order(self, client, records):
        for day in (2, 9, 9, 11, 13, 31):
            make_session(
                client=make_client(name=f"SEEN{day}"), held_on=TODAY - timedelta(days=day), counsellor=records
            )
        other = make_user(Role.COUNSELLOR, name="동료")
        late = make_client(name="SEEN29")
        make_session(client=late, held_on=TODAY - timedelta(days=29), counsellor=records)
        make_session(client=late, held_on=TODAY, counsellor=other)  # whoever else saw them since
        client.force_login(records)
        panel = next(panel for panel in client.get("/").context["panels"] if "lately" in panel.shown)
        listed = client.get(panel.shown["lately"].url).context["shown"].page.rows
        assert [row.client_id for row in panel.shown["sessions"]] == [row.pk for row in listed[:6]]
        assert len(listed) == 6 + panel.shown["more"] == 8
        assert [(TODAY - row.seen_on_or_never).days for row in listed] == [0, 2, 9, 9, 11, 13, 20, 29]


class ManagerTests:
    def test_the_others_of_a_part_open_to_their_rows(self, client):
        """Of more languages and counsellors than are shown, all but those that are."""
        staff = [make_user(Role.COUNSELLOR) for _number in range(3)]
        for number, language in enumerate(["vi", "zh", "en", "ru", "ne", "km", "th", "id", "mn"]):
            for _time in range(9 - number):
                make_session(held_on=TODAY, language_id=language, counsellor=staff[number % 3])
            make_session(held_on=TODAY, language_id=language, counsellor_name=f"적힌 이름 {number}")
        client.force_login(make_user(Role.MANAGER))
        answer = client.get("/")
        month = next(panel.shown for panel in answer.context["panels"] if "by_language" in panel.shown)
        for parts, rest in ((month["by_language"], 9), (month["by_counsellor"], 6)):
            name, number, figure = parts[-1]
            assert (name, number) == ("그 밖", rest)
            listed = client.get(figure.url)
            assert listed.context["shown"].total.number == number
            assert sum(part[1] for part in parts) == 54
            assert "그 밖(" in listed.content.decode()
            assert "적힌" not in figure.url

    def test_a_counsellor_without_an_account_leads_to_their_sessions_and_stands_in_no_address(self, client, records):
        make_session(held_on=TODAY, counsellor_name="다른 상담원")
        make_session(held_on=TODAY, counsellor_name="또 다른 상담원")
        client.force_login(make_user(Role.MANAGER))
        panel = next(panel for panel in client.get("/").context["panels"] if "by_counsellor" in panel.shown)
        parts = {name: (number, figure) for name, number, figure in panel.shown["by_counsellor"]}
        number, figure = parts["다른 상담원"]
        page = client.get(figure.url)
        assert number == page.context["shown"].total.number == 2
        assert {row.counsellor_called for row in page.context["shown"].page} == {"다른 상담원"}
        assert re.search(r"<option value=\"as-\d+\" selected>다른 상담원<", page.content.decode())
        assert "%" not in figure.url

    @pytest.mark.parametrize("which", ["as-1", "as-", "as-99999999999999999999", "as-x"])
    def test_a_session_that_is_not_theirs_to_read_names_nobody(self, client, records, which):
        with everywhere():
            foreign = Session.objects.get(workspace__code="52130-c1").pk
        client.force_login(make_user(Role.MANAGER))
        for told in (which, f"as-{foreign}"):
            assert "counsellor" in client.get("/sessions/", {"counsellor": told}).context["shown"].form.errors


class CityTests:
    def test_vouchers_that_wait_are_those_of_the_rows_and_an_old_one_says_so(self, client, records):
        last_year = TODAY.replace(year=TODAY.year - 1, day=1)
        old = make_voucher(client=make_client("52110-office"), applied_on=last_year)
        client.force_login(make_user(Role.CITY_OFFICER, "52110-office"))
        answer = client.get("/")
        panel = next(panel for panel in answer.context["panels"] if "states" in panel.shown)
        waiting = panel.shown["states"][0]
        assert panel.shown["latest"][0].pk == old.pk
        assert waiting["number"] == len(panel.shown["latest"]) == rows_behind(client, waiting["url"]) == 2
        assert answer.content.decode().count(f"{last_year.year}년부터 대기") == 1


class ShelterTests:
    def test_what_could_be_slept_in_leads_to_beds(self, client, records):
        client.force_login(make_user(Role.SHELTER_OPERATOR, "52110-s1"))
        answer = client.get("/")
        text = answer.content.decode()
        shown = next(panel.shown for panel in answer.context["panels"] if "occupancy" in panel.shown)
        key = f"{TODAY.year}-{TODAY:%m%d}.{{}}.workspace.52110-s1~month.{TODAY:%Y-%m}"
        beds = client.get(f"/kpi/evidence/{key.format('offered')}/")
        assert f'href="/kpi/evidence/{key.format("offered")}/">{shown["offered"]}</a>' in text
        assert beds.context["figure"] == (12, shown["offered"])
        assert sum(bed.nights for bed in beds.context["shown"].page) == shown["offered"]
        assert f'href="/kpi/evidence/{key.format("night")}/">{shown["occupancy"]} %</a>' in text
        free = re.search(r'<a href="#beds">(\d+)</a>', text)
        assert int(free[1]) == text.partition('id="beds"')[2].count("badge--good") > 0

    def test_the_beds_of_all_shelters_are_not_for_one_of_them(self, client):
        client.force_login(make_user(Role.SHELTER_OPERATOR, "52110-s1"))
        assert client.get(f"/kpi/evidence/{TODAY.year}.offered/").status_code == 403

    def test_the_beds_of_the_year_offer_what_the_year_counts(self, client):
        with everywhere():
            counted = roll_up(TODAY.year)["shelter"]["capacity_nights"]
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        assert client.get(f"/kpi/evidence/{TODAY.year}.offered/").context["figure"].amount == counted > 0

    def test_a_guest_on_leave_keeps_the_bed_and_is_told(self, client, records):
        with everywhere():
            stay = Stay.objects.get(checked_out_on=None)
        make_leave(stay, TODAY, TODAY + timedelta(days=1))
        client.force_login(make_user(Role.SHELTER_OPERATOR, "52110-s1"))
        panel = next(panel for panel in client.get("/").context["panels"] if "rooms" in panel.shown)
        beds = [bed for room in panel.shown["rooms"].values() for bed in room]
        assert [(bed["away"], bed["nights"]) for bed in beds if bed["stay"]] == [(True, 3)]
        assert panel.shown["free"] == len(beds) - 1

    def test_the_nights_of_the_month_are_those_behind_the_figures(self, client, records):
        with everywhere():
            stay = Stay.objects.get(checked_out_on=None)
        make_leave(stay, TODAY - timedelta(days=1), TODAY)
        client.force_login(make_user(Role.SHELTER_OPERATOR, "52110-s1"))
        shown = next(panel.shown for panel in client.get("/").context["panels"] if "occupancy" in panel.shown)
        where = (("workspace", "52110-s1"), ("month", f"{TODAY:%Y-%m}"))
        with everywhere():
            nights = total(Figure(TODAY.year, "night", where, TODAY)).amount
            persons = total(Figure(TODAY.year, "shelter_person", where, TODAY)).number
        assert (shown["nights"], shown["persons"]) == (nights, persons)
        assert nights > 0


def test_a_month_begins_beside_the_last_day_of_a_shorter_one():
    assert same_day_before(date(2025, 3, 31)) == date(2025, 2, 28)
    assert same_day_before(date(2025, 1, 5)) == date(2024, 12, 5)


def test_few_records_say_less_than_many():
    assert likely(0, 0) is None
    assert likely(3, 4) == (30.1, 95.4)
    assert likely(300, 400) == (70.5, 79.0)
    assert likely(0, 10) == (0.0, 27.8)


class RunningOutTests:
    """A counsellor's own clients whose status of residence ends soon."""

    @pytest.fixture
    def counsellor(self):
        return make_user(Role.COUNSELLOR, official=False)

    @pytest.fixture
    def clients(self, counsellor):
        for days in (-1, 3, 80, 91):
            client = make_client(name=f"DAYS{days}", status_id="E-9", status_expires_on=TODAY + timedelta(days=days))
            make_session(client=client, held_on=TODAY - timedelta(days=40), counsellor=counsellor)
        make_session(client=make_client(name="NOT OWN", status_expires_on=TODAY), held_on=TODAY)

    @pytest.mark.usefixtures("clients")
    def test_shows_the_soonest_first_and_nobody_else(self, client, counsellor):
        client.force_login(counsellor)
        panel = start(client).partition('id="running-out"')[2].partition("</section>")[0]
        assert re.findall(r"<bdi>(.*?)</bdi>", panel) == ["DAYS3", "DAYS80"]
        assert re.findall(r"badge--(\w+)\">[^<0-9]*\d+일 남", panel) == ["bad", "note"]

    @pytest.mark.usefixtures("clients")
    def test_is_not_there_for_an_official(self, client, counsellor):
        Membership.objects.filter(user=counsellor).update(official=True)
        client.force_login(counsellor)
        assert "running-out" not in start(client)
