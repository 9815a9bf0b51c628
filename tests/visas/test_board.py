"""The board: who stands in which lane, how long, and the receipt of a step with many cases."""

import html
import re
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from centers.models import Role
from tests.make import everywhere, make_client, make_user, make_visa_case
from tests.visas.test_case_step import START, TODAY, make_case, step, walk
from visas.board import SHOWN
from visas.models import CaseBatch
from visas.services.case import find_fact

pytestmark = pytest.mark.django_db
BOARD, BULK = reverse("visas:board"), reverse("visas:bulk")
CASES = reverse("visas:cases")


@pytest.fixture
def province(client):
    user = make_user(Role.PROVINCE_STAFF, "52-office", name="도 담당자")
    client.force_login(user)
    return user


def lanes(browser, **filters) -> dict[str, list[int]]:
    columns = browser.get(BOARD, filters).context["columns"]
    return {column.code: [one.case.pk for one in column.waiting] for column in columns if column.number}


class BoardTests:
    def test_every_case_stands_in_the_lane_of_what_it_waits_for(self, client, province):
        received, asked = make_case(), make_case()
        step(asked, "asked", 1, note="소득금액증명원")
        answered = make_case()
        for number, kind in enumerate(("checked", "asked", "answered")):
            step(answered, kind, number, note="여권 사본")
        student = make_visa_case("D-2", "jbnu", received_on=START)
        ended = make_case()
        step(ended, "withdrawn", 1)
        made = {
            kind: walk(make_case(), kind) for kind in ("checked", "reviewed", "recommended", "submitted", "granted")
        }
        walk(make_case(), "settled")
        found = lanes(client)
        assert found["received"] == [received.pk] and found["asked"] == [asked.pk]
        assert set(found["checked"]) == {made["checked"].pk, answered.pk, student.pk}
        for kind in ("reviewed", "recommended", "submitted", "granted"):
            assert found[kind] == [made[kind].pk]

    def test_is_narrowed_to_a_university(self, client, province):
        student, _other = (make_visa_case("D-2", at, received_on=START) for at in ("jbnu", "jj"))
        assert lanes(client, workspace="jbnu") == {"checked": [student.pk]}

    def test_the_oldest_stand_first_and_what_is_missing_is_named(self, client, province):
        cases = [make_case(), make_case()]
        step(cases[0], "asked", 9, note="임대차계약서")
        step(cases[1], "asked", 4, note="여권 사본")
        column = next(one for one in client.get(BOARD).context["columns"] if one.code == "asked")
        assert [one.case.pk for one in column.waiting] == [cases[1].pk, cases[0].pk]
        assert [one.missing for one in column.waiting] == ["여권 사본", "임대차계약서"]
        assert column.waiting[0].days == (TODAY - START).days - 4

    def test_it_is_narrowed_by_programme_and_municipality_and_by_who_looks(self, client, province):
        city, here = make_user(Role.CITY_OFFICER, "52180-office"), make_case()
        there = make_visa_case("F-2-R", "52180-office", received_on=START, municipality_id="52180")
        assert lanes(client, programme="F-2-R") == {"received": [there.pk]}
        assert lanes(client, municipality="52140") == {"received": [here.pk]}
        client.force_login(city)
        assert lanes(client) == {"received": [there.pk]}

    def test_more_cases_ask_the_database_no_more_often(self, client, province):
        def queries() -> int:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                client.get(BOARD)
            return len(seen)

        walk(make_case(), "reviewed")
        queries()
        few = queries()
        for _ in range(8):
            walk(make_case(), "reviewed")
        assert queries() == few


class BigBoardTests:
    """More cases than a page can carry: the board stays small, and what it leaves out is a click away."""

    MANY = 2 * SHOWN
    DAYS: ClassVar[dict[str, list[str]]] = {
        "received": [],
        "recommended": ["recommended"],
        "submitted": ["recommended", "submitted"],
        "granted": ["recommended", "submitted", "granted"],
        "lapsed": ["recommended", "lapsed"],
    }

    @pytest.fixture
    def big(self) -> None:
        for number in range(self.MANY):
            for passed in self.DAYS.values():
                days = {f"{name}_on": START + timedelta(days=5 * place) for place, name in enumerate(passed, 1)}
                make_case(client=make_client("52140-office", name=f"NGUYEN THI THANH HUONG {number}"), **days)
            student = make_client("jbnu", name=f"NGUYEN VAN {number}")
            make_visa_case("D-2", "jbnu", client=student, received_on=START + timedelta(days=number))

    def columns(self, browser, **filters):
        return {one.code: one for one in browser.get(BOARD, filters).context["columns"]}

    def test_the_page_stays_small_and_tells_how_many_there_are(self, client, province, big):
        answer = client.get(BOARD)
        page = answer.content.decode()
        lanes = [one for one in answer.context["columns"] if one.number]
        assert [one.number for one in lanes] == [self.MANY] * 6
        assert page.count('class="lane__case"') == 6 * SHOWN
        assert len(answer.content) < 80 * 1024
        assert page.count(f"{self.MANY - SHOWN}건 더 있음") == 6

    def test_each_lane_opens_to_the_list_of_everybody_in_it(self, client, province, big):
        make_case("F-2-R", "52180-office")
        for filters in ({}, {"programme": "E-7-4R"}, {"workspace": "jbnu"}):
            for column in self.columns(client, **filters).values():
                shown = client.get(f"{CASES}?{column.all_of_it}").context["shown"]
                assert shown.form.errors == {}
                assert shown.rows.count() == column.number
                assert [row.pk for row in shown.page][: len(column.waiting)] == [one.case.pk for one in column.waiting]

    def test_the_file_has_what_the_board_has(self, client, province, big):
        for filters in ({}, {"workspace": "jbnu"}, {"lane": "granted", "municipality": "52140"}):
            answer = client.get(BOARD, filters)
            (address,) = re.findall(r'href="(/exports/new/visa-cases/[^"]*)"', answer.content.decode())
            assert client.get(html.unescape(address)).context["rows"].number == answer.context["total"] > 0

    def test_a_lane_by_itself_shows_more_of_it(self, client, province, big):
        whole = self.columns(client)["granted"]
        alone = client.get(f"{BOARD}?{whole.alone}").context["columns"]
        assert [(one.code, len(one.waiting), one.further, one.alone) for one in alone] == [
            ("granted", self.MANY, 0, ""),
        ]
        assert {one.case.pk for one in whole.waiting} < {one.case.pk for one in alone[0].waiting}


class ReceiptTests:
    def ask(self, browser, cases, kind: str, **told):
        return browser.post(
            BULK, {"case": [case.pk for case in cases], "kind": kind, "take": "1", "note": "x", **told}, follow=True
        )

    def test_twenty_are_recommended_by_one_list_and_the_receipt_can_be_opened_again(self, client, province):
        cases = [walk(make_case("E-7-4"), "reviewed") for _ in range(20)]
        late = make_case("E-7-4")
        answer = self.ask(client, [*cases, late], "recommended", happened_on=str(TODAY), document="명단-7")
        batch = answer.context["batch"]
        assert answer.request["PATH_INFO"] == batch.get_absolute_url()
        again = client.get(batch.get_absolute_url()).context
        assert (len(again["batch"].asked), again["standing"], len(again["refused"])) == (21, 20, 1)
        case, reason = again["refused"][0]
        assert case.pk == late.pk and reason

    def test_the_receipt_reads_the_records_again(self, client, province):
        case = make_case()
        batch = self.ask(client, [case], "checked", happened_on=str(TODAY)).context["batch"]
        client.post(reverse("visas:case_back", args=[case.pk]), {"kind": "checked", "note": "착오"})
        assert client.get(batch.get_absolute_url()).context["standing"] == 0

    def test_a_form_with_a_mistake_keeps_the_choice(self, client, province):
        case = walk(make_case(), "reviewed")
        answer = self.ask(client, [case], "recommended", happened_on=str(TODAY + timedelta(days=1)))
        assert answer.status_code == 400 and [one for one, *_why in answer.context["cases"]] == [case]
        with everywhere():
            assert not CaseBatch.objects.filter(actor=province).exists()

    def test_a_receipt_is_for_whoever_took_the_step(self, client, province):
        other = make_user(Role.PROVINCE_STAFF, "52-office")
        batch = self.ask(client, [make_case()], "checked", happened_on=str(TODAY)).context["batch"]
        client.force_login(other)
        assert client.get(batch.get_absolute_url()).status_code == 404

    def test_a_case_of_another_office_is_not_even_asked_for(self, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52190-office"))
        answer = self.ask(client, [make_case()], "checked", happened_on=str(timezone.localdate()))
        assert "batch" not in answer.context


class PreselectedTests:
    def test_whom_the_conditions_speak_against_is_shown_and_not_preselected(self, client, province):
        good, bad = (walk(make_case("F-2-R", "52180-office"), "reviewed") for _ in range(2))
        with everywhere():
            find_fact(actor=None, case=bad, kind="korean", value=1, found_on=TODAY, evidence="TOPIK 1급")
        data = {"kind": "recommended", "case": [good.pk, bad.pk]}
        answer = client.post(reverse("visas:bulk"), data)
        assert [bool(against) for _case, against, _why in answer.context["cases"]] == [False, True]
        page = answer.content.decode()
        assert f'value="{good.pk}" checked' in page and f'value="{bad.pk}" checked' not in page
