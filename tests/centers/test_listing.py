"""What holds for every list, shown on those of the product."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.db.models import Func, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.listings import SESSIONS as SESSIONS_LIST
from cases.models import Session
from centers.listing import Shown, find, listed
from centers.listing.page import COUNTED, ROWS, page_of, whole_total_of
from centers.models import Role
from centers.scope import set_scope
from centers.selectors import scope_of
from tests.make import (
    everywhere,
    make_activity,
    make_client,
    make_session,
    make_stay,
    make_user,
    make_visa_case,
    make_voucher,
)

pytestmark = pytest.mark.django_db
SESSIONS = "/sessions/"
# Each list, and somebody who reads it.
LISTS = {
    "/sessions/": (Role.COUNSELLOR, "52110-c1"),
    "/clients/": (Role.COUNSELLOR, "52110-c1"),
    "/stays/": (Role.SHELTER_OPERATOR, "52110-s1"),
    "/activities/": (Role.MANAGER, "52110-c1"),
    "/visas/cases/": (Role.PROVINCE_STAFF, "52-office"),
    "/visas/vouchers/": (Role.PROVINCE_STAFF, "52-office"),
}


def next_of(browser, address: str = SESSIONS) -> str:
    """The address of the second page."""
    return SESSIONS + browser.get(address).context["shown"].links["next"]


@pytest.fixture
def other():
    return make_user(Role.COUNSELLOR)


@pytest.fixture
def reader(client):
    """A counsellor who is signed in, and two pages of sessions."""
    for number in range(ROWS + 5):
        make_session(held_on=date(2025, 1, 1) + timedelta(days=number))
    user = make_user(Role.COUNSELLOR)
    client.force_login(user)
    return user


class TokenTests:
    def test_a_token_leads_on_for_its_reader(self, client, reader):
        assert client.get(next_of(client)).status_code == 200

    def test_a_token_of_somebody_else_is_refused_and_leads_back_to_the_list(self, other, client, reader):
        address = next_of(client)
        client.force_login(other)
        answer = client.get(address)
        assert answer.status_code == 400
        assert 'href="/sessions/?"' in answer.content.decode()

    @pytest.mark.parametrize("other", ["sort=day", "language=vi", "void=1"])
    def test_a_token_of_another_order_or_other_filters_is_refused(self, client, reader, other):
        assert client.get(f"{next_of(client)}&{other}").status_code == 400

    def test_a_token_of_another_tab_s_workspace_is_refused(self, client, reader):
        assert client.get("/at/52110-c1" + next_of(client)).status_code == 400

    def test_a_token_of_yesterday_is_refused(self, client, reader):
        address = next_of(client)
        with time_machine.travel(timezone.now() + timedelta(hours=13), tick=False):
            client.force_login(reader)
            assert client.get(address).status_code == 400

    @pytest.mark.parametrize("token", ["made-up", "x" * 5000, "\x00", ":::", "eyJ0IjoxfQ:1:x", "💥"])
    @pytest.mark.parametrize("way", ["after", "before"])
    def test_a_token_that_was_never_given_out_is_refused(self, client, reader, way, token):
        assert client.get(SESSIONS, {way: token}).status_code == 400


class EmptyLastTests:
    @pytest.mark.parametrize("sort", ["expires", "-expires"])
    def test_rows_without_a_day_come_last_whichever_way_the_order_runs(self, client, sort):
        days = [date(2026, 1, 1) + timedelta(days=number) for number in range(ROWS + 3)]
        for day in [*days, None, None, None]:
            make_client(status_expires_on=day)
        client.force_login(make_user(Role.COUNSELLOR, official=False))
        first = client.get("/clients/", {"sort": sort}).context["shown"]
        second = client.get("/clients/" + first.links["next"]).context["shown"]
        found = [row.status_expires_on for row in (*first.page, *second.page)]
        assert found == [*sorted(days, reverse=sort.startswith("-")), None, None, None]
        back = client.get("/clients/" + second.links["previous"]).context["shown"]
        assert [row.pk for row in back.page] == [row.pk for row in first.page]

    @pytest.mark.parametrize("sort", ["recommended", "-recommended"])
    def test_nor_is_a_case_that_was_not_recommended_yet_the_first(self, client, sort):
        make_visa_case()
        make_visa_case(recommended_on=date(2025, 4, 1))
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        shown = client.get("/visas/cases/", {"sort": sort}).context["shown"]
        assert [row.recommended_on for row in shown.page] == [date(2025, 4, 1), None]


class NonsenseTests:
    @pytest.mark.parametrize("address", LISTS)
    def test_no_query_string_breaks_a_list(self, client, address):
        role, at = LISTS[address]
        client.force_login(make_user(role, at))
        fields = list(client.get(address).context["shown"].form.fields)
        for value in ("", "x", "-1", "9" * 40, "\x00", "2025-02-30", "0001-01", "9999-12-31", "9999", "💥'%"):
            query = dict.fromkeys([*fields, "sort", "nothing"], value)
            assert client.get(address, query).status_code == 200, value

    @given(query=st.text(max_size=200))
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_not_even_one_of_random_signs(self, client, reader, query):
        assert client.get(SESSIONS, QUERY_STRING=query.encode("utf-8", "replace").hex()).status_code == 200
        assert client.get(SESSIONS, {"month": query, "topic": query, "sort": query}).status_code == 200

    def test_what_a_list_does_not_know_is_ignored(self, client, reader):
        shown = client.get(SESSIONS, {"name": "NGUYEN", "page": "7"}).context["shown"]
        assert (shown.narrowed, len(shown.page)) == (False, ROWS)


class TotalTests:
    @pytest.mark.parametrize("number", [0, 1, ROWS, ROWS + 1])
    def test_is_exact_below_the_limit(self, client, number):
        for _ in range(number):
            make_session()
        client.force_login(make_user(Role.COUNSELLOR))
        assert str(client.get(SESSIONS).context["shown"].total) == str(number)

    def test_counts_them_all_where_that_is_asked_for(self, client, reader, monkeypatch):
        monkeypatch.setattr("centers.listing.page.COUNTED", 20)
        usual = client.get(SESSIONS, {"from": "2000-01-01"})
        assert usual.context["shown"].total.capped
        counted = client.get(SESSIONS + usual.context["shown"].counted_url).context["shown"]
        assert (counted.total.number, counted.total.capped) == (ROWS + 5, False)
        following = client.get(SESSIONS + counted.links["next"]).context["shown"]
        assert (following.total.number, len(following.page)) == (ROWS + 5, 5)

    def test_stops_counting_where_it_takes_too_long_and_says_so(self, client, reader, monkeypatch):
        monkeypatch.setattr("centers.listing.page.COUNTED", 20)
        asleep = Func(Value(5), function="pg_sleep", output_field=TextField())
        slow = Session.objects.annotate(late=Cast(asleep, TextField()))
        with everywhere():
            assert whole_total_of(slow.filter(late=""), within=0.2) is None
            assert whole_total_of(Session.objects.all()).number == ROWS + 5  # the transaction goes on
        monkeypatch.setattr("centers.listing.shown.whole_total_of", lambda rows: None)
        page = client.get(SESSIONS, {"from": "2000-01-01", "count": "1"}).content.decode()
        assert "20건 이상" in page
        assert "조건을 좁혀 주십시오" in page

    def test_a_figure_of_more_rows_asks_to_count_them(self, reader):
        figure = listed(SESSIONS_LIST, reader, language="vi")
        assert figure.counted(COUNTED + 1).url == "/sessions/?language=vi&count=1"
        assert figure.counted(COUNTED).url == "/sessions/?language=vi"

    def test_counts_no_further_than_it_says(self, client, reader, monkeypatch):
        monkeypatch.setattr("centers.listing.page.COUNTED", 20)
        answer = client.get(SESSIONS, {"from": "2000-01-01"})  # a list as it opens is prepared once a process
        assert str(answer.context["shown"].total) == "20+"
        assert "20건 이상" in answer.content.decode()
        assert COUNTED == 1000


class EmptyTests:
    def test_says_what_to_do_where_there_is_nothing_yet(self, client):
        client.force_login(make_user(Role.COUNSELLOR))
        assert "아직 상담이 없습니다" in client.get(SESSIONS).content.decode()

    def test_says_that_the_filters_hide_all_and_leads_to_all(self, client, reader):
        text = client.get(SESSIONS, {"language": "km"}).content.decode()
        assert "이 조건에 맞는 자료가 없습니다" in text
        assert 'href="/sessions/"' in text


class PageTests:
    """Forth and back through lists of every length, with equal days among them and days that are not there."""

    @pytest.mark.parametrize("number", [0, 1, 3, 4, 5, 6, 7])
    @pytest.mark.parametrize("name", ["received", "recommended"])
    @pytest.mark.parametrize("descending", [True, False])
    def test_pages_hold_every_row_once_forth_and_back(self, name, descending, number):
        for place in range(number):  # ids do not run as the days do
            received = date(2025, 1, (5, 7, 6, 5, 7, 6, 6)[place])
            recommended = received if place % 2 else None
            make_visa_case(received_on=received, recommended_on=recommended)
        user = make_user(Role.PROVINCE_STAFF, "52-office")
        set_scope(scope_of(user))
        listing = find("visa-cases")
        order = next(order for order in listing.orders if order.name == name)
        options = {"order": order, "descending": descending, "salt": "test", "size": 3}
        rows = listing.rows(user)
        pages = [page_of(rows, **options)]
        while pages[-1].next:
            pages.append(page_of(rows, after=pages[-1].next, **options))
        seen = [row.pk for page in pages for row in page]
        assert seen == [row.pk for row in order.sorted(rows, descending=descending)]
        assert len(seen) == number
        back = [pages[-1]]
        while back[-1].previous:
            back.append(page_of(rows, before=back[-1].previous, **options))
        assert [row.pk for page in back[::-1] for row in page] == seen
        assert max(map(len, [*pages, *back])) <= 3
        assert back[-1].first

    @pytest.mark.parametrize(
        ("address", "sort"),
        [
            ("/sessions/", "recorded"),
            ("/sessions/", "minutes"),
            ("/clients/", "name"),
            ("/clients/", "latest"),
            ("/clients/", "registered"),
        ],
    )
    @pytest.mark.parametrize("way", ["", "-"])
    def test_a_second_page_begins_after_the_first_in_every_order(self, client, address, sort, way):
        for number in range(ROWS + 5):
            person = make_client(
                name=f"AN {number % 7}", recorded_on=date(2025, 1, 1 + number % 3) if number % 4 else None
            )
            make_session(client=person, minutes=number % 5 or None, held_on=date(2025, 2, 1 + number % 6))
        client.force_login(make_user(Role.COUNSELLOR, official=False))
        first = client.get(address, {"sort": way + sort}).context["shown"]
        second = client.get(address + first.links["next"]).context["shown"]
        both = [row.pk for row in (*first.page, *second.page)]
        assert len(set(both)) == len(both) == ROWS + 5
        whole = first.running.sorted(first.rows, descending=first.descending)
        set_scope(scope_of(first.viewer))
        assert both == [row.pk for row in whole]

    def test_where_a_row_is_a_card_its_main_facts_come_first_and_the_rest_say_what_they_are(self, client, reader):
        html = client.get(SESSIONS).content.decode()
        cells = re.findall(r"<td([^>]*)>", html[html.index("<tbody>") : html.index("</tr>", html.index("<tbody>"))])
        main = [number for number, told in enumerate(cells) if "table__main" in told]
        shown = client.get(SESSIONS).context["shown"]
        assert [shown.columns_of_page[number].key for number in main] == ["held_on", "client", "topic", "outcome"]
        assert ["data-label" in told for told in cells] == [number not in main for number in range(len(cells))]
        assert 'data-label="언어"' in html

    def test_of_a_list_that_names_no_main_facts_they_are_the_first_two(self, client):
        make_client()
        client.force_login(make_user(Role.COUNSELLOR, official=False))
        html = client.get("/clients/").content.decode()
        assert [told.count("table__main") for told in re.findall(r"<td([^>]*)>", html)[:3]] == [1, 1, 0]

    @pytest.mark.parametrize("address", LISTS)
    def test_every_list_shows_its_rows_and_leads_to_each(self, client, address):
        made = {
            "/sessions/": lambda: make_session(client=make_client()),
            "/clients/": make_client,
            "/stays/": make_stay,
            "/activities/": lambda: make_activity("one-centre", "52110-c1"),
            "/visas/cases/": make_visa_case,
            "/visas/vouchers/": make_voucher,
        }[address]()
        client.force_login(make_user(*LISTS[address]))
        answer = client.get(address)
        assert [row.pk for row in answer.context["shown"].page] == [made.pk]
        assert f'href="{made.get_absolute_url()}"' in answer.content.decode()
        assert client.get(made.get_absolute_url()).status_code == 200

    def test_a_file_names_the_workspace_by_its_code(self):
        row = make_session("52130-c1")
        column = next(column for column in find("sessions").columns if column.key == "workspace")
        assert (column.code(row), column.value(row, None)) == ("52130-c1", str(row.workspace))

    def test_a_page_leaves_out_what_is_the_same_everywhere_and_what_only_a_file_has_room_for(self, client, reader):
        shown = client.get(SESSIONS).context["shown"]
        on_page = [heading.column.key for heading in shown.headings]
        in_file = [column.key for column in shown.columns]
        assert set(in_file) - set(on_page) == {"workspace", "wanted_language", "residence", "urgency"}

    @pytest.mark.parametrize("address", LISTS)
    def test_every_order_of_every_list_can_be_asked_for(self, client, address):
        client.force_login(make_user(*LISTS[address]))
        shown = client.get(address).context["shown"]
        for order in (order for order in shown.listing.orders if not order.hidden_from(shown.viewer)):
            for name in (order.name, f"-{order.name}"):
                sorted_by = client.get(address, {"sort": name}).context["shown"]
                assert (sorted_by.order.name, sorted_by.descending) == (order.name, name.startswith("-"))

    def test_a_list_below_a_workspace_shows_that_workspace_and_stays_there(self, client, reader):
        answer = client.get("/at/52110-c1/sessions/")
        assert 'action="/at/52110-c1/sessions/"' in answer.content.decode()
        assert Shown.of(answer.wsgi_request, find("sessions")).where == "52110-c1"


def test_on_paper_a_list_says_what_it_is_narrowed_to(client, reader):
    """The filters themselves are not printed."""
    page = client.get(SESSIONS, {"month": "2025-01", "language": "vi"}).content.decode()
    assert '<p class="printed">조건: 월 2025-01 · 언어 베트남어</p>' in page
    assert "조건:" not in client.get(SESSIONS).content.decode()


def test_on_paper_a_page_of_a_longer_list_says_so(client, reader):
    """The ways to the other pages are not printed."""
    paper = f'<p class="printed">{ROWS + 5}건 중'
    assert f"{paper} 앞의 {ROWS}건입니다.</p>" in client.get(SESSIONS).content.decode()
    assert f"{paper} 5건입니다(첫 쪽이 아님).</p>" in client.get(next_of(client)).content.decode()
    assert paper not in client.get(SESSIONS, {"language": "zh"}).content.decode()
